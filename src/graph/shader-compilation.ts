import { type BuiltShader, buildShader } from '../kernels/shader.js';
import { operandsOf } from './dispatch.js';
import type { PipelineCache } from './pipelines.js';
import { settleAll } from './settle.js';
import type { Step } from './steps.js';

/** Enough for every thread that compiles, and few enough that stopping takes little time. */
const AT_ONCE = 8;

/** Has the distinct shaders of a graph compiled, a few at a time, so that it can be stopped between two. */
export class ShaderCompilation {
  readonly #cache: PipelineCache;
  readonly #signal: AbortSignal | undefined;
  readonly #shaders: readonly BuiltShader[];
  #next = 0;
  #done = 0;
  #stopped = false;
  #onProgress: ((done: number, total: number) => void) | undefined;

  constructor(steps: readonly Step[], cache: PipelineCache, signal?: AbortSignal) {
    this.#cache = cache;
    this.#signal = signal;
    const built = steps.flatMap(({ node, call, plan }) =>
      plan.dispatches.map((dispatch) => buildShader(dispatch, operandsOf(call), node.kernel.optional)),
    );
    this.#shaders = [...new Map(built.map((shader) => [shader.code, shader])).values()];
  }

  /**
   * Settles when nothing is being compiled any more.
   * @throws ZianError (device) when a shader does not compile; `signal.reason` when that was aborted
   */
  async run(): Promise<void> {
    await settleAll(Array.from({ length: AT_ONCE }, () => this.#work()));
  }

  /** Starts no further shader. */
  stop(): void {
    this.#stopped = true;
  }

  /** Tells how far it is, now and after every shader. */
  report(onProgress: (done: number, total: number) => void): void {
    this.#onProgress = onProgress;
    onProgress(this.#done, this.#shaders.length);
  }

  async #work(): Promise<void> {
    for (;;) {
      this.#signal?.throwIfAborted();
      const shader = this.#stopped ? undefined : this.#shaders[this.#next++];
      if (!shader) return;
      try {
        await this.#cache.get(shader);
      } catch (error) {
        this.stop();
        throw error;
      }
      this.#done += 1;
      this.#onProgress?.(this.#done, this.#shaders.length);
    }
  }
}
