import { deviceError } from '../errors.js';
import type { Call, Variant } from '../kernels/contract.js';
import { elementCount, storageBytes, toStorage } from '../kernels/layout.js';
import { type CompiledGraph, type CompileOptions, compileGraph, type MemoryReport } from './compile.js';
import type { EngineDevice } from './device.js';
import { encodeDispatch, operandsOf, type PreparedDispatch } from './dispatch.js';
import { writeElements } from './elements.js';
import type { Graph, KernelNode } from './graph.js';
import { OwnedBuffers } from './owned-buffers.js';
import { Profiler, type Timing } from './profiler.js';
import { Readback } from './readback.js';
import type { Step } from './steps.js';
import { SubmitSchedule } from './submit-schedule.js';

/** A step that has just run. */
export interface TracedStep {
  readonly step: { readonly node: KernelNode; readonly call: Call; readonly variant: Variant };
  /** An operand that the run computes or is given, in C order; not constants, which lie in an order of the variant's. */
  read(operand: string): Promise<Float64Array>;
}

/**
 * A graph made ready on a device: weights uploaded, pipelines compiled, buffers planned, bind groups made.
 * A run is one command buffer of one submit, of several where the adapter is slow, and allocates nothing. Owns what it makes; never the device.
 */
export class Executable {
  readonly #device: EngineDevice;
  readonly #owned: OwnedBuffers;
  readonly #compiled: CompiledGraph;
  readonly #readback: Readback;
  readonly #schedule: SubmitSchedule;
  #destroyed = false;

  private constructor(
    device: EngineDevice,
    owned: OwnedBuffers,
    compiled: CompiledGraph,
    submitBudgetMilliseconds: number | undefined,
  ) {
    this.#device = device;
    this.#owned = owned;
    this.#compiled = compiled;
    this.#readback = new Readback(device, owned);
    this.#schedule = new SubmitSchedule(compiled.steps, compiled.dispatches, submitBudgetMilliseconds);
  }

  /**
   * @throws ZianError (device) when a shader does not compile or memory is exhausted, (input) when a tensor is larger
   * than the device can bind; `signal.reason` when that was aborted, once nothing is being compiled any more
   */
  static async compile(
    graph: Graph,
    device: EngineDevice,
    options: CompileOptions = {},
  ): Promise<Executable> {
    const owned = new OwnedBuffers(device);
    try {
      const compiled = await compileGraph(graph, device, owned, options);
      return new Executable(device, owned, compiled, options.submitBudgetMilliseconds);
    } catch (error) {
      owned.destroy();
      throw error;
    }
  }

  /** What can be read after a run. */
  get outputNames(): Iterable<string> {
    return this.#compiled.outputs.keys();
  }

  /** Number of dispatches of a run. */
  get dispatchCount(): number {
    return this.#compiled.dispatches.reduce((count, { length }) => count + length, 0);
  }

  /** GPU memory held. */
  get memory(): MemoryReport {
    return this.#compiled.memory;
  }

  /** Each kernel node with its variant and call, in running order: for profiles and benches. */
  get steps(): readonly Step[] {
    return this.#compiled.steps;
  }

  /**
   * Writes an input: its elements in storage order (see `Layout`); shorter data leaves the rest as it was.
   * @param from byte of the input to begin at, a multiple of 4
   */
  write(
    name: string,
    data: Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array,
    from = 0,
  ): void {
    this.#assertUsable();
    const input = this.#compiled.inputs.get(name);
    if (!input) throw new Error(`the graph has no input '${name}'`);
    const { buffer } = input;
    if (from + data.byteLength > buffer.size)
      throw new Error(`input '${name}' holds ${buffer.size} bytes, not ${from + data.byteLength}`);
    this.#device.gpu.queue.writeBuffer(buffer, from, data.buffer, data.byteOffset, data.byteLength);
  }

  /** Writes an input given by its values in C order, as PyTorch lays them out. */
  writeTensor(name: string, values: ArrayLike<number>): void {
    this.#assertUsable();
    const input = this.#compiled.inputs.get(name);
    if (!input) throw new Error(`the graph has no input '${name}'`);
    const { shape, dtype } = input.operand;
    if (values.length !== elementCount(shape))
      throw new Error(`input '${name}' has the shape [${shape.join(', ')}], not ${values.length} values`);
    const stored = new Float32Array(storageBytes({ shape, dtype: 'f32' }) / 4);
    const elements = new ArrayBuffer(input.buffer.size);
    writeElements(toStorage(values, shape, stored), dtype, elements);
    this.write(name, new Uint8Array(elements));
  }

  /** Writes `bytes` of an input, from byte `to` on, from a buffer of this device, which may be destroyed right afterwards. */
  copy(name: string, from: GPUBuffer, bytes: number, to = 0): void {
    this.#assertUsable();
    const input = this.#compiled.inputs.get(name);
    if (!input) throw new Error(`the graph has no input '${name}'`);
    const encoder = this.#device.gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(from, 0, input.buffer, to, bytes);
    this.#device.gpu.queue.submit([encoder.finish()]);
  }

  /**
   * Runs the graph, and reads the named outputs in the same submit, the last one. One run or read at a time.
   * @returns their values in C order
   * @throws ZianError (device) when the device is lost or has reported an error
   */
  async run(outputs: readonly string[] = []): Promise<Map<string, Float32Array>> {
    this.#assertUsable();
    const { gpu } = this.#device;
    const started = performance.now();
    const encoders = this.#schedule.parts().map((part) => {
      const encoder = gpu.createCommandEncoder();
      encodeAll(encoder, part);
      return encoder;
    });
    const last = encoders.pop() ?? gpu.createCommandEncoder();
    for (const encoder of encoders) gpu.queue.submit([encoder.finish()]);
    const results = await this.#finish(last, outputs);
    this.#schedule.timed(performance.now() - started);
    return results;
  }

  /**
   * Runs the graph step by step, and shows each step with its operands as they lie on the device right after it. For
   * finding faults: every step is waited for.
   */
  async trace(visit: (step: TracedStep) => Promise<void>): Promise<void> {
    for (const [i, step] of this.#compiled.steps.entries()) {
      this.#assertUsable();
      const encoder = this.#device.gpu.createCommandEncoder();
      encodeAll(encoder, this.#compiled.dispatches[i] ?? []);
      this.#device.gpu.queue.submit([encoder.finish()]);
      const buffers = this.#compiled.buffersOf(step);
      const operands = operandsOf(step.call);
      await visit({
        step,
        read: async (name) => {
          const [buffer, operand] = [buffers[name], operands[name]];
          if (!buffer || !operand) throw new Error(`${step.node.label} has no operand '${name}'`);
          const reading = this.#device.gpu.createCommandEncoder();
          const empty = (count: number) => new Float64Array(count);
          const results = await this.#readback.submitAs(reading, [{ name, buffer, operand }], empty);
          return results.get(name) ?? empty(0);
        },
      });
    }
  }

  /** Reads outputs of the last run, in C order. */
  async read(outputs: readonly string[]): Promise<Map<string, Float32Array>> {
    this.#assertUsable();
    return await this.#finish(this.#device.gpu.createCommandEncoder(), outputs);
  }

  /**
   * Runs once with a timestamp around every dispatch. Slower than `run`: each dispatch is a pass of its own.
   * @throws ZianError (device) when the device has no timestamp queries
   */
  async profile(): Promise<Timing[]> {
    this.#assertUsable();
    const dispatches = this.#compiled.dispatches.flat();
    if (!this.#device.has('timestamp-query'))
      throw deviceError(
        `${this.#device.report.name} has no timestamp queries, so stages cannot be timed on it.`,
      );
    const { gpu } = this.#device;
    const profiler = new Profiler(gpu, dispatches.length);
    try {
      const encoder = gpu.createCommandEncoder();
      profiler.encode(encoder, dispatches);
      await this.#finish(encoder, []);
      return await profiler.read(dispatches);
    } finally {
      profiler.destroy();
    }
  }

  /** Frees all buffers. The device and the shared pipelines stay. May be called again. */
  destroy(): void {
    this.#owned.destroy();
    this.#destroyed = true;
  }

  #assertUsable(): void {
    if (this.#destroyed) throw new Error('the executable was destroyed');
    this.#device.assertAlive();
  }

  #finish(encoder: GPUCommandEncoder, names: readonly string[]): Promise<Map<string, Float32Array>> {
    const tensors = names.map((name) => {
      const output = this.#compiled.outputs.get(name);
      if (!output) throw new Error(`the graph has no output '${name}'`);
      return { name, ...output };
    });
    return this.#readback.submit(encoder, tensors);
  }
}

function encodeAll(encoder: GPUCommandEncoder, dispatches: readonly PreparedDispatch[]): void {
  const pass = encoder.beginComputePass();
  for (const dispatch of dispatches) encodeDispatch(pass, dispatch);
  pass.end();
}
