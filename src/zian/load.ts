import { deviceError } from '../errors.js';
import {
  type CompileProgress,
  EngineDevice,
  Executable,
  type PassName,
  PipelineCache,
} from '../graph/index.js';
import type { Tuner } from '../tuning/index.js';
import { openSafetensors, readAhead, type SafetensorsFile } from '../weights/index.js';
import { finiteWeights } from './finite-weights.js';
import type { ForwardModel } from './forward.js';
import type { ModelParts } from './instrumented.js';
import { modelGraph } from './model-graph.js';
import { type ModelSource, openModelSource } from './model-source.js';
import { platform } from './platform.js';

/**
 * How far `Zian.load` is: bytes downloaded (`total` where the server tells it), kernels measured (where that is wanted),
 * weights uploaded, pipelines compiled.
 */
export type LoadProgress =
  | { readonly stage: 'download'; readonly done: number; readonly total?: number }
  | { readonly stage: 'tuning'; readonly done: number; readonly total: number }
  | CompileProgress;

/** What `Zian.load` needs. */
export interface ZianOptions {
  /** A model file made by `zian convert`; it is read again by `stages`. */
  readonly model: ModelSource;
  /** What the model file must hash to, in hexadecimal; without it the file is not hashed. */
  readonly sha256?: string;
  /**
   * Whether a downloaded model is kept in the origin's Cache Storage, and taken from there the next time; by default
   * where there is a `sha256`, by which a change is noticed. In Node nothing is kept.
   */
  readonly cache?: boolean;
  /** The caller's own device. Unless given one is opened, and destroyed with the model. */
  readonly device?: EngineDevice | GPUDevice;
  /** Precision of weights and activations; sums, coordinates and heat maps are f32 in any case. Default f32. */
  readonly dtype?: 'f32' | 'f16';
  /** Rejects the load at once. What is under way, a weight or a few shaders, ends, and then all is freed. */
  readonly signal?: AbortSignal;
  /** Chooses kernel variants by measurements; without it the defaults are taken. */
  readonly tuning?: Tuner;
  /** Called while the model is downloaded, kernels are measured, weights are uploaded and pipelines compiled. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Graph passes to leave out; for tests and measurements. */
  readonly withoutPasses?: readonly PassName[];
}

/** A model made ready. */
export interface LoadedZian extends ForwardModel, ModelParts {
  readonly file: SafetensorsFile;
  /** Frees everything that loading has made, and only that. May be called again. */
  readonly destroy: () => void;
}

/** See `Zian.load`. */
export async function loadModel(options: ZianOptions): Promise<LoadedZian> {
  const { dtype = 'f32', signal, tuning, onProgress, withoutPasses } = options;
  const ends: (() => unknown)[] = [];
  const destroy = (): void => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) end();
  };
  try {
    const { source, close } = await openModelSource(options.model, {
      sha256: options.sha256,
      cache: options.cache,
      signal,
      onProgress: (done, total) =>
        onProgress?.({ stage: 'download', done, ...(total === undefined ? {} : { total }) }),
    });
    // Nobody hears whether a file that was only read from could be closed.
    if (close) ends.push(() => void close().catch(() => undefined));
    const name = source.name;
    const file = await openSafetensors(source);
    const { config, architecture, graph } = modelGraph(file, name, dtype, withoutPasses);
    signal?.throwIfAborted();

    const device = await openDevice(options.device, ends);
    signal?.throwIfAborted();
    if (dtype === 'f16' && !device.has('shader-f16'))
      throw deviceError(
        `The adapter '${device.report.name}' has no half-precision arithmetic (shader-f16); compute in f32, or choose another adapter.`,
      );
    const pipelines = new PipelineCache(device.gpu);
    await tuning?.prepare(graph, device, {
      pipelines,
      signal,
      onProgress: (done, total) => onProgress?.({ stage: 'tuning', done, total }),
    });
    // For this once: the blocks that are read ahead would otherwise stay in memory.
    const weights = await openSafetensors(readAhead(source));
    const executable = await Executable.compile(graph, device, {
      ...(tuning ? { chooseVariant: tuning.chooseVariant } : {}),
      readWeight: finiteWeights(weights, name),
      pipelines,
      signal,
      ...(onProgress ? { onProgress } : {}),
    });
    ends.push(() => executable.destroy());
    return { config, architecture, name, dtype, file, device, pipelines, executable, destroy };
  } catch (error) {
    destroy();
    throw error;
  }
}

/** @param ends takes what lets go of the device: only one that was opened here is destroyed */
async function openDevice(given: ZianOptions['device'], ends: (() => unknown)[]): Promise<EngineDevice> {
  if (given && 'gpu' in given) return given;
  const device = given ? EngineDevice.wrap(given) : await platform().requestDevice();
  ends.push(() => device.destroy());
  return device;
}
