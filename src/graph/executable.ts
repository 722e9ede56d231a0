import { deviceError, inputError, type ZianError } from '../errors.js';
import type { Call, DType, Plan, Variant } from '../kernels/contract.js';
import { bytesPerElement, elementCount, gather, storageBytes } from '../kernels/layout.js';
import { float16ToFloat32 } from '../weights/float16.js';
import type { ReadWeight } from './constants.js';
import type { EngineDevice } from './device.js';
import { encodeDispatch, kernelLimits, type PreparedDispatch, prepareCall } from './dispatch.js';
import { BufferUsage, MapMode } from './flags.js';
import { type Graph, type KernelNode, readsOf, type Value, writesOf } from './graph.js';
import { type Lifetime, planMemory } from './memory-plan.js';
import { PipelineCache } from './pipelines.js';
import { type Place, Placement } from './placement.js';
import { Profiler, type Timing } from './profiler.js';
import { settleAll } from './settle.js';
import { constantBytes, uploadBuffer } from './upload.js';

/** How far `Executable.compile` is: weights uploaded, then pipelines compiled. */
export interface CompileProgress {
  readonly stage: 'weights' | 'pipelines';
  readonly done: number;
  readonly total: number;
}

/** How a graph is made ready; see `Executable.compile`. */
export interface CompileOptions {
  /** Reads a weight of the model file. */
  readonly readWeight?: ReadWeight;
  /** Compiled shaders are kept here; share one among executables of a device. */
  readonly pipelines?: PipelineCache;
  /** Called after each weight and each pipeline. */
  readonly onProgress?: (progress: CompileProgress) => void;
  /** The variant of a kernel node, by name; the first legal one where it gives undefined. */
  readonly chooseVariant?: (node: KernelNode, call: Call, legal: readonly Variant[]) => string | undefined;
}

/** GPU memory that an executable holds, in bytes. */
export interface MemoryReport {
  readonly weights: number;
  readonly activations: number;
  readonly inputsAndOutputs: number;
}

/** A kernel node with its place in memory and the plan of the chosen variant. */
interface Step {
  readonly node: KernelNode;
  readonly call: Call;
  readonly variant: Variant;
  readonly plan: Plan;
}

const ACTIVATION_USAGE = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;

/**
 * A graph made ready on a device: weights uploaded, pipelines compiled, buffers planned, bind groups made.
 * A run is one command buffer of one submit, and allocates nothing. Owns what it makes; never the device.
 */
export class Executable {
  readonly #device: EngineDevice;
  readonly #owned: GPUBuffer[] = [];
  readonly #places = new Map<Value, Place>();
  readonly #buffers = new Map<Value, GPUBuffer>();
  readonly #graph: Graph;
  #dispatches: PreparedDispatch[] = [];
  #staging: GPUBuffer | undefined;
  #profiler: Profiler | undefined;
  #memory: MemoryReport = { weights: 0, activations: 0, inputsAndOutputs: 0 };
  #steps: readonly Step[] = [];
  #destroyed = false;

  private constructor(device: EngineDevice, graph: Graph) {
    this.#device = device;
    this.#graph = graph;
  }

  /**
   * @throws ZianError (device) when a shader does not compile or memory is exhausted, (input) when a tensor is larger
   * than the device can bind
   */
  static async compile(
    graph: Graph,
    device: EngineDevice,
    options: CompileOptions = {},
  ): Promise<Executable> {
    const executable = new Executable(device, graph);
    try {
      await executable.#compile(options);
      return executable;
    } catch (error) {
      executable.destroy();
      throw error;
    }
  }

  /** Number of dispatches of a run. */
  get dispatchCount(): number {
    return this.#dispatches.length;
  }

  /** GPU memory held. */
  get memory(): MemoryReport {
    return this.#memory;
  }

  /** Each kernel node with its variant and call, in running order: for profiles and benches. */
  get steps(): readonly { readonly node: KernelNode; readonly call: Call; readonly variant: Variant }[] {
    return this.#steps;
  }

  /** Writes an input: its elements in storage order (see `Layout`); shorter data leaves the rest as it was. */
  write(name: string, data: Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array): void {
    this.#assertUsable();
    const value = this.#graph.inputs.get(name);
    const buffer = value && this.#bufferOf(value);
    if (!buffer) throw new Error(`the graph has no input '${name}'`);
    if (data.byteLength > buffer.size)
      throw new Error(`input '${name}' holds ${buffer.size} bytes, not ${data.byteLength}`);
    this.#device.gpu.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
  }

  /**
   * Runs the graph, and reads the named outputs in the same submit. One run or read at a time.
   * @returns their values in C order
   * @throws ZianError (device) when the device is lost or has reported an error
   */
  async run(outputs: readonly string[] = []): Promise<Map<string, Float32Array>> {
    this.#assertUsable();
    const encoder = this.#device.gpu.createCommandEncoder();
    if (this.#profiler) this.#profiler.encode(encoder, this.#dispatches);
    else {
      const pass = encoder.beginComputePass();
      for (const dispatch of this.#dispatches) encodeDispatch(pass, dispatch);
      pass.end();
    }
    return this.#finish(encoder, outputs);
  }

  /** Reads outputs of the last run, in C order. */
  async read(outputs: readonly string[]): Promise<Map<string, Float32Array>> {
    this.#assertUsable();
    return this.#finish(this.#device.gpu.createCommandEncoder(), outputs);
  }

  /**
   * Runs once with a timestamp around every dispatch. Slower than `run`: each dispatch is a pass of its own.
   * @throws ZianError (device) when the device has no timestamp queries
   */
  async profile(): Promise<Timing[]> {
    if (!this.#device.has('timestamp-query'))
      throw deviceError(
        `${this.#device.report.name} has no timestamp queries, so stages cannot be timed on it.`,
      );
    this.#profiler = new Profiler(this.#device.gpu, this.#dispatches.length);
    try {
      await this.run();
      return await this.#profiler.read(this.#dispatches);
    } finally {
      this.#profiler.destroy();
      this.#profiler = undefined;
    }
  }

  /** Frees all buffers. The device and the shared pipelines stay. */
  destroy(): void {
    for (const buffer of this.#owned) buffer.destroy();
    this.#owned.length = 0;
    this.#buffers.clear();
    this.#dispatches = [];
    this.#destroyed = true;
  }

  #assertUsable(): void {
    if (this.#destroyed) throw new Error('the executable was destroyed');
    this.#device.assertAlive();
  }

  async #finish(encoder: GPUCommandEncoder, names: readonly string[]): Promise<Map<string, Float32Array>> {
    const { gpu } = this.#device;
    let at = 0;
    const copies = names.map((name) => {
      const value = this.#graph.outputs.get(name);
      const buffer = value && this.#bufferOf(value);
      if (!value || !buffer) throw new Error(`the graph has no output '${name}'`);
      const from = at;
      at += Math.ceil(buffer.size / 256) * 256;
      return { name, value, buffer, from };
    });
    if (copies.length === 0) {
      gpu.queue.submit([encoder.finish()]);
      await gpu.queue.onSubmittedWorkDone();
      this.#device.assertAlive();
      return new Map();
    }
    const staging = this.#stagingOf(at);
    for (const { buffer, from } of copies) encoder.copyBufferToBuffer(buffer, 0, staging, from, buffer.size);
    gpu.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(MapMode.READ, 0, at);
    } catch (error) {
      this.#device.assertAlive();
      throw deviceError(`the results could not be read back from ${this.#device.report.name}.`, {
        cause: error,
      });
    }
    this.#device.assertAlive();
    const mapped = staging.getMappedRange(0, at);
    const results = new Map(
      copies.map(({ name, value, buffer, from }) => {
        const { operand } = this.#placeOf(value);
        const scalars = decodeElements(mapped, from, buffer.size, operand.dtype);
        return [name, gather(scalars, operand, new Float32Array(elementCount(operand.shape)))];
      }),
    );
    staging.unmap();
    return results;
  }

  #stagingOf(bytes: number): GPUBuffer {
    if (this.#staging && this.#staging.size >= bytes) return this.#staging;
    this.#staging?.destroy();
    this.#staging = this.#create('staging', bytes, BufferUsage.COPY_DST | BufferUsage.MAP_READ);
    return this.#staging;
  }

  #placeOf(value: Value): Place {
    const place = this.#places.get(value);
    if (!place) throw new Error(`'${value.label}' has no place in the graph`);
    return place;
  }

  #bufferOf(value: Value): GPUBuffer | undefined {
    const place = this.#places.get(value);
    return place && this.#buffers.get(place.storage);
  }

  #create(label: string, bytes: number, usage: number): GPUBuffer {
    const { maxBufferSize } = this.#device.report.limits;
    if (bytes > maxBufferSize) throw this.#tooLarge(label, bytes, maxBufferSize);
    const buffer = this.#device.gpu.createBuffer({ label, size: bytes, usage });
    this.#owned.push(buffer);
    return buffer;
  }

  async #compile(options: CompileOptions): Promise<void> {
    const placement = new Placement(this.#graph);
    const values = [
      ...this.#graph.inputs.values(),
      ...this.#graph.outputs.values(),
      ...this.#graph.nodes.flatMap((node) => [...readsOf(node), ...writesOf(node)]),
    ];
    for (const value of values) this.#places.set(value, placement.of(value));
    this.#steps = this.#plan(options);
    this.#checkBindings();
    const scratch = await this.#device.scoped('allocating activations', () => this.#allocate(this.#steps));
    const constants = await this.#uploadConstants(this.#steps, options);
    await this.#prepare(this.#steps, scratch, constants, options);
  }

  #plan({ chooseVariant }: CompileOptions): Step[] {
    const limits = kernelLimits(this.#device.gpu);
    return this.#graph.nodes.flatMap((node) => {
      if (node.kind === 'view') return [];
      const operands = (named: Readonly<Record<string, Value>>) =>
        Object.fromEntries(
          Object.entries(named).map(([name, value]) => [name, this.#placeOf(value).operand]),
        );
      const call = {
        inputs: operands(node.inputs),
        outputs: operands(node.outputs),
        attributes: node.attributes,
      };
      const legal = node.kernel.variants.filter((v) => v.legal?.(call, limits) ?? true);
      const wanted = chooseVariant?.(node, call, legal);
      const variant = legal.find(({ name }) => name === wanted) ?? legal[0];
      if (!variant) throw new Error(`${node.label}: no variant of ${node.kernel.name} fits this device`);
      return [{ node, call, variant, plan: variant.plan(call, limits) }];
    });
  }

  #checkBindings(): void {
    const most = this.#largestBinding;
    for (const { storage } of this.#places.values())
      if (storageBytes(storage.spec) > most)
        throw this.#tooLarge(
          `'${storage.label}' [${storage.spec.shape.join(', ')}]`,
          storageBytes(storage.spec),
          most,
        );
    for (const { node, plan } of this.#steps)
      for (const [name, bytes] of Object.entries(plan.scratch ?? {}))
        if (bytes > most) throw this.#tooLarge(`${node.label}: '${name}'`, bytes, most);
  }

  get #largestBinding(): number {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.report.limits;
    return Math.min(maxStorageBufferBindingSize, maxBufferSize);
  }

  #tooLarge(what: string, bytes: number, most: number): ZianError {
    const { name } = this.#device.report;
    return inputError(
      `${what} takes ${bytes} bytes; ${name} holds at most ${most}: use a smaller image or region size.`,
    );
  }

  /** Gives every storage and scratch buffer its slot. @returns scratch buffers by step */
  #allocate(steps: readonly Step[]): Map<Step, Record<string, GPUBuffer>> {
    const lifetimes = new Map<Value, Lifetime>();
    const touch = (value: Value, step: number): void => {
      if (this.#graph.constants.has(value)) return;
      const { storage } = this.#placeOf(value);
      const known = lifetimes.get(storage);
      lifetimes.set(storage, {
        bytes: storageBytes(storage.spec),
        first: Math.min(known?.first ?? step, step),
        last: Math.max(known?.last ?? step, step),
      });
    };
    steps.forEach(({ node }, i) => {
      for (const value of [...readsOf(node), ...writesOf(node)]) touch(value, i);
    });
    const kept = new Set([...this.#graph.inputs.values(), ...this.#graph.outputs.values()]);
    const keptStorages = new Set([...kept].map((value) => this.#placeOf(value).storage));
    let inputsAndOutputs = 0;
    for (const storage of keptStorages) {
      lifetimes.delete(storage);
      const buffer = this.#create(storage.label, Math.max(16, storageBytes(storage.spec)), ACTIVATION_USAGE);
      inputsAndOutputs += buffer.size;
      this.#buffers.set(storage, buffer);
    }
    const scratch = steps.flatMap((step, i) =>
      Object.entries(step.plan.scratch ?? {}).map(([name, bytes]) => ({
        step,
        name,
        bytes,
        first: i,
        last: i,
      })),
    );
    const storages = [...lifetimes.keys()];
    const plan = planMemory([...lifetimes.values(), ...scratch]);
    const slots = plan.slots.map((bytes, i) =>
      this.#create(
        `slot ${i}`,
        Math.max(16, Math.ceil(bytes / 16) * 16),
        ACTIVATION_USAGE | BufferUsage.INDIRECT,
      ),
    );
    const slotOf = (index: number): GPUBuffer => {
      const slot = slots[plan.assignment[index] ?? -1];
      if (!slot) throw new Error('the memory plan left a buffer without a slot');
      return slot;
    };
    storages.forEach((storage, i) => {
      this.#buffers.set(storage, slotOf(i));
    });
    const byStep = new Map<Step, Record<string, GPUBuffer>>();
    scratch.forEach(({ step, name }, i) => {
      byStep.set(step, { ...byStep.get(step), [name]: slotOf(storages.length + i) });
    });
    this.#memory = {
      ...this.#memory,
      inputsAndOutputs,
      activations: slots.reduce((sum, { size }) => sum + size, 0),
    };
    return byStep;
  }

  /** One tensor after the other, so that the host holds little more than the largest. */
  async #uploadConstants(
    steps: readonly Step[],
    { readWeight, onProgress }: CompileOptions,
  ): Promise<Map<Step, Record<string, GPUBuffer>>> {
    const { gpu } = this.#device;
    const read: ReadWeight =
      readWeight ??
      (async (name) => {
        throw new Error(`no model to read '${name}' from`);
      });
    const wanted = steps.flatMap((step) =>
      Object.entries(step.node.inputs).flatMap(([name, value]) => {
        const constant = this.#graph.constants.get(value);
        return constant ? [{ step, name, value, constant }] : [];
      }),
    );
    const shared = new Map<Value, Map<string, GPUBuffer>>();
    const buffers = new Map<Step, Record<string, GPUBuffer>>();
    let weights = 0;
    let pending = 0;
    for (const [i, { step, name, value, constant }] of wanted.entries()) {
      const { node, variant, call } = step;
      // What a variant packs depends on the call as well, groups above all.
      const packed = [node.kernel.name, variant.name, name, node.attributes];
      const order = variant.packs?.includes(name) ? JSON.stringify(packed) : '';
      const known = shared.get(value)?.get(order);
      let buffer = known;
      if (!buffer) {
        const bytes = await constantBytes(name, value, constant, variant, call, read);
        if (bytes.byteLength > this.#largestBinding)
          throw this.#tooLarge(`'${value.label}'`, bytes.byteLength, this.#largestBinding);
        buffer = await this.#device.scoped(`uploading ${value.label}`, () => {
          const made = uploadBuffer(gpu, value.label, bytes);
          this.#owned.push(made);
          return made;
        });
        weights += bytes.byteLength;
        pending += bytes.byteLength;
        shared.set(value, (shared.get(value) ?? new Map()).set(order, buffer));
      }
      buffers.set(step, { ...buffers.get(step), [name]: buffer });
      if (pending > UPLOAD_WINDOW) {
        await gpu.queue.onSubmittedWorkDone();
        pending = 0;
      }
      onProgress?.({ stage: 'weights', done: i + 1, total: wanted.length });
    }
    this.#memory = { ...this.#memory, weights };
    return buffers;
  }

  async #prepare(
    steps: readonly Step[],
    scratch: ReadonlyMap<Step, Record<string, GPUBuffer>>,
    constants: ReadonlyMap<Step, Record<string, GPUBuffer>>,
    { pipelines, onProgress }: CompileOptions,
  ): Promise<void> {
    const { gpu } = this.#device;
    const cache = pipelines ?? new PipelineCache(gpu);
    const absent = this.#create('absent operands', 256, BufferUsage.STORAGE);
    const uniforms = new Map<string, GPUBuffer>();
    const uniform = (contents: Uint32Array): GPUBuffer => {
      const key = contents.join();
      let buffer = uniforms.get(key);
      if (!buffer) {
        buffer = this.#create('parameters', contents.byteLength, BufferUsage.UNIFORM | BufferUsage.COPY_DST);
        gpu.queue.writeBuffer(buffer, 0, contents.slice());
        uniforms.set(key, buffer);
      }
      return buffer;
    };
    let done = 0;
    // All of them settle first, so that nothing is created after a failure has freed the rest.
    const prepared = await settleAll(
      steps.map(async (step) => {
        const { node, call, plan } = step;
        const buffers: Record<string, GPUBuffer> = { ...scratch.get(step), ...constants.get(step) };
        for (const [name, value] of Object.entries({ ...node.inputs, ...node.outputs })) {
          const buffer = this.#bufferOf(value);
          if (buffer) buffers[name] = buffer;
        }
        const result = await prepareCall(
          gpu,
          cache,
          node.kernel,
          call,
          plan,
          buffers,
          uniform,
          absent,
          node.label,
        );
        done += 1;
        onProgress?.({ stage: 'pipelines', done, total: steps.length });
        return result;
      }),
    );
    this.#dispatches = prepared.flat();
  }
}

/** Bytes uploaded before waiting for the device to take them: staging memory is the host's. */
const UPLOAD_WINDOW = 64 * 1024 * 1024;

function decodeElements(mapped: ArrayBuffer, from: number, bytes: number, dtype: DType): ArrayLike<number> {
  const length = Math.floor(bytes / bytesPerElement(dtype));
  switch (dtype) {
    case 'f16':
      return float16ToFloat32(new Uint16Array(mapped, from, length));
    case 'u32':
      return new Uint32Array(mapped, from, length);
    case 'i32':
      return new Int32Array(mapped, from, length);
    default:
      return new Float32Array(mapped, from, length);
  }
}
