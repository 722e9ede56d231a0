import { deviceError } from '../errors.js';
import type { Access, BuiltShader } from '../kernels/shader.js';
import { ShaderStage } from './flags.js';

/** A compiled shader with the layout of its one bind group. */
export interface CompiledShader {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const BUFFER_TYPES: Readonly<Record<Access, GPUBufferBindingType>> = {
  read: 'read-only-storage',
  read_write: 'storage',
  uniform: 'uniform',
};

const caches = new WeakMap<GPUDevice, PipelineCache>();

/** Compiles each distinct shader once, in parallel; a failed compile is not kept. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #shaders = new Map<string, Promise<CompiledShader>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The cache that all models on a device share: a second one compiles only what the first did not. It lasts as long as the device. */
  static of(device: GPUDevice): PipelineCache {
    let cache = caches.get(device);
    if (!cache) {
      cache = new PipelineCache(device);
      caches.set(device, cache);
    }
    return cache;
  }

  /** Number of distinct pipelines compiled or being compiled. */
  get size(): number {
    return this.#shaders.size;
  }

  /**
   * The pipeline of a shader.
   * @throws ZianError (device) with the compiler's messages and the lines they point at.
   */
  get(shader: BuiltShader): Promise<CompiledShader> {
    const known = this.#shaders.get(shader.code);
    if (known) return known;
    const compiling = this.#compile(shader).catch((error: unknown) => {
      this.#shaders.delete(shader.code);
      throw error;
    });
    this.#shaders.set(shader.code, compiling);
    return compiling;
  }

  #layout(access: readonly Access[]): GPUBindGroupLayout {
    const key = access.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      layout = this.#device.createBindGroupLayout({
        label: key,
        entries: access.map((mode, binding) => ({
          binding,
          visibility: ShaderStage.COMPUTE,
          buffer: { type: BUFFER_TYPES[mode] },
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  async #compile(shader: BuiltShader): Promise<CompiledShader> {
    // A module with errors is reported twice: here, where it would count as an error of the whole device, and as the
    // pipeline's, which is told below.
    this.#device.pushErrorScope('validation');
    const layout = this.#layout(shader.access);
    const module = this.#device.createShaderModule({ label: shader.name, code: shader.code });
    const pipelineLayout = this.#device.createPipelineLayout({ bindGroupLayouts: [layout] });
    this.#device.popErrorScope().catch(() => undefined);
    try {
      const pipeline = await this.#device.createComputePipelineAsync({
        label: shader.name,
        layout: pipelineLayout,
        compute: { module, entryPoint: 'main' },
      });
      return { pipeline, layout };
    } catch (error) {
      const messages = await compilerMessages(module, shader.code);
      throw deviceError(
        `shader ${shader.name} does not compile on this device: ${messages || (error instanceof Error ? error.message : String(error))}`,
        { cause: error },
      );
    }
  }
}

async function compilerMessages(module: GPUShaderModule, code: string): Promise<string> {
  const { messages } = await module.getCompilationInfo();
  const lines = code.split('\n');
  return messages
    .filter(({ type }) => type === 'error')
    .map(({ message, lineNum, linePos }) => {
      return `${message} (line ${lineNum}:${linePos}: ${lines[lineNum - 1]?.trim() ?? ''})`;
    })
    .join('; ');
}
