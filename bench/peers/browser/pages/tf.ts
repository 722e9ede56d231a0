/** What is used here of TensorFlow.js, and how a graph of ours runs on it. */

import {
  evaluate,
  type Graph,
  type KernelNode,
  type ReadWeight,
  type Value,
} from '../../../../src/graph/index.js';
import { type Conv2dAttributes, geometry } from '../../../../src/kernels/conv2d/geometry.js';

export interface TfTensor {
  readonly shape: readonly number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

type Image = TfTensor;

export interface Tf {
  readonly version_core: string;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  getBackend(): string;
  tidy<T>(work: () => T): T;
  tensor4d(values: Float32Array, shape: readonly number[]): Image;
  tensor1d(values: Float32Array): TfTensor;
  add(a: Image, b: Image): Image;
  relu(x: Image): Image;
  readonly image: { resizeNearestNeighbor(x: Image, size: readonly [number, number]): Image };
  readonly fused: {
    conv2d(options: {
      readonly x: Image;
      readonly filter: Image;
      readonly strides: readonly [number, number];
      readonly pad: number;
      readonly bias?: TfTensor;
      readonly activation: 'linear' | 'relu';
    }): Image;
  };
}

/** Whether something is TensorFlow.js with a WebGPU backend. */
export const isTf = (loaded: unknown): loaded is Tf =>
  typeof loaded === 'object' && loaded !== null && 'setBackend' in loaded && 'WebGPUBackend' in loaded;

/** Weights of one convolution, on the device. */
interface Layer {
  readonly filter: Image;
  readonly bias: TfTensor | undefined;
}

type Tensors = Map<Value, Image>;
type Step = (tensors: Tensors) => void;

/** [O, I, kh, kw] → [kh, kw, I, O]. */
function filterOrder(values: Float64Array, [o = 1, i = 1, kh = 1, kw = 1]: readonly number[]): Float32Array {
  const out = new Float32Array(values.length);
  const area = kh * kw;
  values.forEach((value, at) => {
    const place = at % area;
    const input = Math.floor(at / area) % i;
    out[(place * i + input) * o + Math.floor(at / (area * i))] = value;
  });
  return out;
}

/** A graph of convolutions, sums and nearest upsampling as TensorFlow.js's operations, channels last. */
export class TfNetwork {
  readonly #tf: Tf;
  readonly #graph: Graph;
  readonly #read: ReadWeight;
  readonly #steps: Step[] = [];

  private constructor(tf: Tf, graph: Graph, read: ReadWeight) {
    this.#tf = tf;
    this.#graph = graph;
    this.#read = read;
  }

  /**
   * Uploads the weights.
   * @param graph with batch norm folded and activations fused
   * @throws Error for what is none of these operations
   */
  static async load(tf: Tf, graph: Graph, read: ReadWeight): Promise<TfNetwork> {
    const network = new TfNetwork(tf, graph, read);
    for (const node of graph.nodes) {
      if (node.kind !== 'kernel')
        throw new Error(`${node.label}: views are not brought over to TensorFlow.js`);
      network.#steps.push(await network.#step(node));
    }
    return network;
  }

  /** The one output for the one input, both channels last; the caller disposes of it. */
  compute(input: Image): Image {
    return this.#tf.tidy(() => {
      const tensors: Tensors = new Map();
      for (const value of this.#graph.inputs.values()) tensors.set(value, input);
      for (const step of this.#steps) step(tensors);
      const [output] = this.#graph.outputs.values();
      return operand(tensors, output);
    });
  }

  async #step(node: KernelNode): Promise<Step> {
    const tf = this.#tf;
    const { y } = node.outputs;
    if (!y) throw new Error(`${node.label} has no result`);
    const { activation = 'none' }: Conv2dAttributes = node.attributes;
    if (activation !== 'none' && activation !== 'relu')
      throw new Error(`${node.label}: ${activation} is not brought over to TensorFlow.js`);
    const activated = (x: Image): Image => (activation === 'relu' ? tf.relu(x) : x);
    const { x, a, b } = node.inputs;
    switch (node.kernel.name) {
      case 'conv2d': {
        const { filter, bias } = await this.#layer(node);
        const specs = Object.fromEntries(Object.entries(node.inputs).map(([name, { spec }]) => [name, spec]));
        const { stride, padding } = geometry(specs, node.attributes);
        return (tensors) => {
          tensors.set(
            y,
            tf.fused.conv2d({
              x: operand(tensors, x),
              filter,
              strides: stride,
              pad: padding[0],
              ...(bias ? { bias } : {}),
              activation: activation === 'relu' ? 'relu' : 'linear',
            }),
          );
        };
      }
      case 'activation':
        return (tensors) => tensors.set(y, activated(operand(tensors, x)));
      case 'sum':
        return (tensors) => tensors.set(y, activated(tf.add(operand(tensors, a), operand(tensors, b))));
      case 'resize': {
        const [, , height = 0, width = 0] = y.spec.shape;
        return (tensors) =>
          tensors.set(y, tf.image.resizeNearestNeighbor(operand(tensors, x), [height, width]));
      }
      default:
        throw new Error(`${node.label}: ${node.kernel.name} is not brought over to TensorFlow.js`);
    }
  }

  async #layer({ label, inputs: { weight, bias } }: KernelNode): Promise<Layer> {
    if (!weight) throw new Error(`${label} has no weight`);
    const [o = 1, i = 1, kh = 1, kw = 1] = weight.spec.shape;
    const filter = filterOrder(await this.#values(weight), [o, i, kh, kw]);
    return {
      filter: this.#tf.tensor4d(filter, [kh, kw, i, o]),
      bias: bias && this.#tf.tensor1d(Float32Array.from(await this.#values(bias))),
    };
  }

  async #values(value: Value): Promise<Float64Array> {
    const constant = this.#graph.constants.get(value);
    if (!constant) throw new Error(`'${value.label}' is not a constant`);
    return await evaluate(constant, this.#read);
  }
}

function operand(tensors: Tensors, value: Value | undefined): Image {
  const tensor = value && tensors.get(value);
  if (!tensor) throw new Error(`'${value?.label}' is read before it is computed`);
  return tensor;
}
