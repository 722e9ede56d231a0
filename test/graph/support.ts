import {
  Executable,
  type Graph,
  GraphBuilder,
  type KernelNode,
  Module,
  type Node,
  PipelineCache,
  type ReadWeight,
  type Value,
} from '../../src/graph/index.js';
import { elementCount, storageBytes, toStorage } from '../../src/kernels/layout.js';
import { testDevice } from '../support/device.js';
import { random } from '../support/random.js';
import { seededTensor } from '../support/seeded.js';

/** Shape by name, added to while a model is written: a builder given this map knows a tensor once it is declared. */
export type Shapes = Map<string, readonly number[]>;

/** A module that declares the seeded tensors of its layers as they are used. */
export class Layers {
  readonly m: Module;
  readonly #shapes: Shapes;

  constructor(builder: GraphBuilder, shapes: Shapes, path = '') {
    this.m = new Module(builder, path);
    this.#shapes = shapes;
  }

  child(name: string | number): Layers {
    return new Layers(this.m.builder, this.#shapes, this.m.child(name).path);
  }

  /** A seeded tensor. */
  weight(name: string, shape: readonly number[]): Value {
    this.#declare(name, shape);
    return this.m.weight(name);
  }

  /** A convolution whose padding keeps the size, but for the stride. */
  conv(
    name: string,
    x: Value,
    channels: number,
    {
      kernel = 3,
      stride = 1,
      bias = false,
      groups = 1,
    }: { kernel?: number; stride?: number; bias?: boolean; groups?: number } = {},
  ): Value {
    const inputs = (x.spec.shape[1] ?? 0) / groups;
    this.#declare(`${name}.weight`, [channels, inputs, kernel, kernel]);
    if (bias) this.#declare(`${name}.bias`, [channels]);
    return this.m.conv2d(name, x, { stride, padding: (kernel - 1) / 2, groups });
  }

  batchNorm(name: string, x: Value): Value {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
      this.#declare(`${name}.${part}`, [x.spec.shape[1] ?? 0]);
    return this.m.batchNorm(name, x);
  }

  /** Linear layer over the channels of tokens. */
  linear(name: string, x: Value, channels: number): Value {
    this.#declare(`${name}.weight`, [channels, x.spec.shape.at(-1) ?? 0]);
    return this.m.linear(name, x);
  }

  #declare(name: string, shape: readonly number[]): void {
    this.#shapes.set(this.m.path === '' ? name : `${this.m.path}.${name}`, shape);
  }
}

/** A graph and what it takes to run it. */
export interface TestGraph {
  readonly graph: Graph;
  readonly readWeight: ReadWeight;
}

/** Seeded values in [-1, 1), each exact in float32. */
export function filled(shape: readonly number[], seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: elementCount(shape) }, () => 2 * next() - 1);
}

/** A graph of layers with seeded weights; `write` names its outputs itself. */
export function layered(write: (layers: Layers, builder: GraphBuilder) => void, seed = 1): TestGraph {
  const shapes: Shapes = new Map();
  const builder = new GraphBuilder({ weights: shapes });
  write(new Layers(builder, shapes), builder);
  return {
    graph: builder.build(),
    readWeight: async (name) => seededTensor(name, shapes.get(name) ?? [], seed),
  };
}

const caches = new WeakMap<GPUDevice, PipelineCache>();

/** Pipelines of the test device: tests of one file share shaders. */
export async function sharedPipelines(): Promise<PipelineCache> {
  const { gpu } = await testDevice();
  const cache = caches.get(gpu) ?? new PipelineCache(gpu);
  caches.set(gpu, cache);
  return cache;
}

/** Seeded contents of every input, in C order: a function of the input's place among the inputs. */
export function seededInputs({ inputs }: Graph): Map<string, Float32Array> {
  return new Map([...inputs].map(([name, { spec }], i) => [name, filled(spec.shape, 1000 + i)]));
}

export function writeInputs(executable: Executable, graph: Graph): void {
  for (const [name, values] of seededInputs(graph)) {
    const { shape } = graph.inputs.get(name)?.spec ?? { shape: [] };
    const storage = new Float32Array(storageBytes({ shape, dtype: 'f32' }) / 4);
    executable.write(name, toStorage(values, shape, storage));
  }
}

/** All outputs of a graph, computed on the test device from seeded inputs; fails when the device reports an error. */
export async function compute({ graph, readWeight }: TestGraph): Promise<Map<string, Float32Array>> {
  const device = await testDevice();
  const executable = await Executable.compile(graph, device, {
    readWeight,
    pipelines: await sharedPipelines(),
  });
  try {
    writeInputs(executable, graph);
    const results = await executable.run([...graph.outputs.keys()]);
    await device.gpu.queue.onSubmittedWorkDone();
    device.assertAlive();
    return results;
  } finally {
    executable.destroy();
  }
}

/** Largest distance of two results, relative to the larger result's largest value; infinite where one has a NaN. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let scale = Number.MIN_VALUE;
  for (let i = 0; i < a.length; i++) {
    const [x = Number.NaN, y = Number.NaN] = [a[i], b[i]];
    const apart = Math.abs(x - y);
    if (Number.isNaN(apart)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, apart);
    scale = Math.max(scale, Math.abs(x), Math.abs(y));
  }
  return worst / scale;
}

/** The worst `distance` of any output, and its name. */
export function worstDistance(
  got: ReadonlyMap<string, ArrayLike<number>>,
  want: ReadonlyMap<string, ArrayLike<number>>,
): { readonly output: string; readonly distance: number } {
  let worst = { output: '', distance: got.size === want.size ? 0 : Number.POSITIVE_INFINITY };
  for (const [output, values] of want) {
    const apart = distance(got.get(output) ?? [], values);
    if (apart > worst.distance) worst = { output, distance: apart };
  }
  return worst;
}

export const kernelNodes = ({ nodes }: Pick<Graph, 'nodes'>): KernelNode[] =>
  nodes.filter((node): node is KernelNode => node.kind === 'kernel');

/** Number of nodes by kernel; views count as `view`. */
export function census({ nodes }: Pick<Graph, 'nodes'>): Record<string, number> {
  const counts: Record<string, number> = {};
  const nameOf = (node: Node): string => (node.kind === 'view' ? 'view' : node.kernel.name);
  for (const node of nodes) counts[nameOf(node)] = (counts[nameOf(node)] ?? 0) + 1;
  return counts;
}

/** The batch norms that are still there: convolutions of each channel by itself. */
export const batchNorms = (graph: Pick<Graph, 'nodes'>): KernelNode[] =>
  kernelNodes(graph).filter(({ kernel, inputs }) => {
    const { shape = [] } = inputs.weight?.spec ?? {};
    return kernel.name === 'conv2d' && inputs.weight?.label.endsWith('.scale') === true && shape[1] === 1;
  });
