import type { Operand } from '../kernels/contract.js';
import { storageBytes } from '../kernels/layout.js';
import { allocateActivations } from './activations.js';
import type { ReadWeight } from './constants.js';
import type { EngineDevice } from './device.js';
import { kernelLimits, type PreparedDispatch, prepareCall } from './dispatch.js';
import { BufferUsage } from './flags.js';
import { type Graph, readsOf, type Value, writesOf } from './graph.js';
import { withMemoryAdvice } from './out-of-memory.js';
import { OwnedBuffers } from './owned-buffers.js';
import { PipelineCache } from './pipelines.js';
import { type Place, Placement } from './placement.js';
import { settleAll } from './settle.js';
import { ShaderCompilation } from './shader-compilation.js';
import { type ChooseVariant, type PlannedGraph, planBatch, planSteps, type Step } from './steps.js';
import { uploadConstants } from './upload.js';

/** How far `Executable.compile` is: weights uploaded, then distinct pipelines compiled. */
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
  /** Stops between two weights, or two shaders: see `Executable.compile`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What is submitted at once should take no longer: 1,000 ms unless given, infinite for one submit always. A run is cut
   * between steps by what the last one took.
   */
  readonly submitBudgetMilliseconds?: number | undefined;
  /** The variant of a kernel node, by name; the kernel's own default where it gives undefined. Of `single`'s nodes where there is one. */
  readonly chooseVariant?: ChooseVariant | undefined;
  /**
   * The same network for one image, where the graph is for a batch: its variants and orders of summation are taken, so that
   * an image's results are the same bits in any batch.
   */
  readonly single?: Graph | undefined;
}

function planGraph(
  graph: Graph,
  device: EngineDevice,
  { chooseVariant, single }: Pick<CompileOptions, 'chooseVariant' | 'single'>,
): PlannedGraph {
  const placement = new Placement(graph);
  const operandOf = (value: Value): Operand => placement.of(value).operand;
  const limits = kernelLimits(device.gpu);
  if (!single) return { graph, placement, steps: planSteps(graph, operandOf, limits, chooseVariant) };
  const alone = planGraph(single, device, { chooseVariant });
  return { graph, placement, steps: planBatch(graph, alone.steps, operandOf, limits), single: alone };
}

/**
 * Whether a device could run a graph, but for memory: nothing is made on it.
 * @throws ZianError (input) when a tensor is larger than the device can bind, or a batch has too many images for it
 */
export function checkGraph(
  graph: Graph,
  device: EngineDevice,
  options: Pick<CompileOptions, 'chooseVariant' | 'single'>,
): void {
  checkSizes(planGraph(graph, device, options), new OwnedBuffers(device));
}

/** GPU memory that an executable holds, in bytes. */
export interface MemoryReport {
  readonly weights: number;
  readonly activations: number;
  readonly inputsAndOutputs: number;
}

/** A tensor that the caller writes or reads. */
export interface Port extends Place {
  readonly buffer: GPUBuffer;
}

/** What a run needs. */
export interface CompiledGraph {
  readonly inputs: ReadonlyMap<string, Port>;
  readonly outputs: ReadonlyMap<string, Port>;
  readonly steps: readonly Step[];
  /** Of each step. */
  readonly dispatches: readonly (readonly PreparedDispatch[])[];
  /** By operand, what a step reads and writes; constants in the order that its variant wants. */
  readonly buffersOf: (step: Step) => Readonly<Record<string, GPUBuffer>>;
  readonly memory: MemoryReport;
}

/**
 * Makes a graph ready on a device: chooses variants, checks sizes, allocates, uploads while it compiles, and binds.
 * @param owned takes every buffer, also when this fails
 */
export async function compileGraph(
  graph: Graph,
  device: EngineDevice,
  owned: OwnedBuffers,
  options: CompileOptions,
): Promise<CompiledGraph> {
  const planned = planGraph(graph, device, options);
  checkSizes(planned, owned);
  try {
    return await compileSteps(planned, device, owned, options);
  } catch (error) {
    throw withMemoryAdvice(error, planned, device);
  }
}

async function compileSteps(
  { graph, steps, placement }: PlannedGraph,
  device: EngineDevice,
  owned: OwnedBuffers,
  { readWeight, pipelines, onProgress, signal }: CompileOptions,
): Promise<CompiledGraph> {
  const { storages, scratch, activations, inputsAndOutputs } = await device.scoped(
    'allocating activations',
    () => allocateActivations(graph, steps, placement, owned),
  );
  const cache = pipelines ?? new PipelineCache(device.gpu);
  const shaders = new ShaderCompilation(steps, cache, signal);
  const compiling = shaders.run();
  // Not to be taken for a failure that nobody hears of, while weights are read.
  compiling.catch(() => undefined);
  const constants = await uploadConstants(graph.constants, steps, device, owned, cache, {
    readWeight,
    onProgress: (done, total) => onProgress?.({ stage: 'weights', done, total }),
    signal,
  }).catch(async (error: unknown) => {
    // Whoever hears of the failure may destroy the device, which must not be compiling then.
    shaders.stop();
    await compiling.catch(() => undefined);
    throw error;
  });
  shaders.report((done, total) => onProgress?.({ stage: 'pipelines', done, total }));
  await device.wait(compiling);
  signal?.throwIfAborted();

  const buffersOf = (step: Step): Record<string, GPUBuffer> => {
    const buffers: Record<string, GPUBuffer> = { ...scratch.get(step), ...constants.buffers.get(step) };
    for (const [name, value] of Object.entries({ ...step.node.inputs, ...step.node.outputs })) {
      const buffer = storages.get(placement.of(value).storage);
      if (buffer) buffers[name] = buffer;
    }
    return buffers;
  };
  const dispatches = await prepareSteps(steps, buffersOf, device, owned, cache);

  const ports = (values: Graph['inputs']): Map<string, Port> =>
    new Map(
      [...values].map(([name, value]) => {
        const place = placement.of(value);
        const buffer = storages.get(place.storage);
        if (!buffer) throw new Error(`'${name}' has no buffer`);
        return [name, { ...place, buffer }];
      }),
    );
  return {
    inputs: ports(graph.inputs),
    outputs: ports(graph.outputs),
    steps,
    dispatches,
    buffersOf,
    memory: { weights: constants.bytes, activations, inputsAndOutputs },
  };
}

/** Before anything is allocated: whether the device can bind all tensors and scratch buffers. */
function checkSizes({ graph, steps, placement }: PlannedGraph, owned: OwnedBuffers): void {
  const values = [
    ...graph.inputs.values(),
    ...graph.outputs.values(),
    ...graph.nodes.flatMap((node) => [...readsOf(node), ...writesOf(node)]),
  ];
  for (const { label, spec } of new Set(values.map((value) => placement.of(value).storage)))
    owned.checkBinding(`'${label}' [${spec.shape.join(', ')}]`, storageBytes(spec));
  for (const { node, plan } of steps)
    for (const [name, bytes] of Object.entries(plan.scratch ?? {}))
      owned.checkBinding(`${node.label}: '${name}'`, bytes);
}

/** Binds every step's dispatches to the compiled shaders. Equal parameters share a uniform buffer. */
async function prepareSteps(
  steps: readonly Step[],
  buffersOf: (step: Step) => Record<string, GPUBuffer>,
  { gpu }: EngineDevice,
  owned: OwnedBuffers,
  pipelines: PipelineCache,
): Promise<PreparedDispatch[][]> {
  const absent = owned.create('absent operands', 256, BufferUsage.STORAGE);
  const uniforms = new Map<string, GPUBuffer>();
  const uniform = (contents: Uint32Array): GPUBuffer => {
    const key = contents.join();
    let buffer = uniforms.get(key);
    if (!buffer) {
      buffer = owned.create('parameters', contents.byteLength, BufferUsage.UNIFORM | BufferUsage.COPY_DST);
      gpu.queue.writeBuffer(buffer, 0, contents.slice());
      uniforms.set(key, buffer);
    }
    return buffer;
  };
  // All of them settle first, so that nothing is created after a failure has freed the rest.
  const prepared = await settleAll(
    steps.map((step) => {
      const { node, call, plan } = step;
      return prepareCall(
        gpu,
        pipelines,
        node.kernel,
        call,
        plan,
        buffersOf(step),
        uniform,
        absent,
        node.label,
      );
    }),
  );
  return prepared;
}
