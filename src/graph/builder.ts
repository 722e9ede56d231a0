import { formatShape } from '../kernels/common/operand.js';
import type { Attributes, DType, Kernel, TensorSpec } from '../kernels/contract.js';
import { elementCount, extentOf } from '../kernels/layout.js';
import { type Constant, dataConstant } from './constants.js';
import type { Graph, KernelNode, Node, Value } from './graph.js';

/** What a graph is built from. */
export interface BuilderOptions {
  /** Names and shapes of the model's tensors. */
  readonly weights?: ReadonlyMap<string, readonly number[]>;
  /** Type of activations and of convolutions' weights; default f32. */
  readonly dtype?: 'f32' | 'f16';
}

/**
 * Builds a graph node by node. Shapes are inferred at once, so the line of model code that does not fit is the one
 * that throws, with the shapes and the path in the message.
 */
export class GraphBuilder {
  readonly dtype: 'f32' | 'f16';
  readonly #weights: ReadonlyMap<string, readonly number[]>;
  readonly #nodes: Node[] = [];
  readonly #inputs = new Map<string, Value>();
  readonly #outputs = new Map<string, Value>();
  readonly #constants = new Map<Value, Constant>();
  readonly #weightValues = new Map<string, Value>();

  constructor({ weights = new Map(), dtype = 'f32' }: BuilderOptions = {}) {
    this.#weights = weights;
    this.dtype = dtype;
  }

  /** A tensor that the caller writes before each run. */
  input(name: string, shape: readonly number[], dtype: DType = this.dtype): Value {
    if (this.#inputs.has(name)) throw new Error(`there is an input '${name}' already`);
    const value = { label: name, spec: { shape, dtype } };
    this.#inputs.set(name, value);
    return value;
  }

  /** Makes a value readable after a run, under this name; passes keep it as it is. */
  output(name: string, value: Value): void {
    if (this.#outputs.has(name)) throw new Error(`there is an output '${name}' already`);
    if (this.#constants.has(value))
      throw new Error(`output '${name}': '${value.label}' is a constant, which no run writes`);
    this.#outputs.set(name, value);
  }

  /** Whether the model has a tensor of this name. */
  hasWeight(name: string): boolean {
    return this.#weights.has(name);
  }

  /** A tensor of the model, kept in `dtype` on the device. */
  weight(name: string, dtype: DType = 'f32'): Value {
    const known = this.#weightValues.get(`${dtype} ${name}`);
    if (known) return known;
    const shape = this.#weights.get(name);
    if (!shape) throw new Error(`the model has no tensor '${name}'`);
    const value = this.constant(name, { kind: 'weight', name }, { shape, dtype });
    this.#weightValues.set(`${dtype} ${name}`, value);
    return value;
  }

  /** A table or computed weight. */
  constant(label: string, constant: Constant, spec: TensorSpec): Value {
    const value = { label, spec };
    this.#constants.set(value, constant);
    return value;
  }

  /** A table given by its values, in C order. */
  data(label: string, values: ArrayLike<number>, shape: readonly number[], dtype: DType = 'f32'): Value {
    return this.constant(label, dataConstant(values, shape), { shape, dtype });
  }

  /** A constant under another shape of as many elements; one axis may be -1. */
  reshaped(value: Value, shape: readonly number[]): Value {
    const count = elementCount(value.spec.shape);
    const rest = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
    const full = shape.map((size) => (size === -1 ? count / rest : size));
    if (elementCount(full) !== count || !full.every(Number.isInteger))
      throw new Error(
        `${value.label} ${formatShape(value.spec.shape)} does not take the shape ${formatShape(shape)}`,
      );
    return this.constant(value.label, this.constantOf(value), { shape: full, dtype: value.spec.dtype });
  }

  /** The expression behind a constant value. */
  constantOf(value: Value): Constant {
    const constant = this.#constants.get(value);
    if (!constant) throw new Error(`'${value.label}' is not a constant`);
    return constant;
  }

  /**
   * Uses a kernel. Inputs that are undefined are left out.
   * @returns its outputs by name
   */
  kernel<A extends Attributes>(
    kernel: Kernel<A>,
    label: string,
    inputs: Readonly<Record<string, Value | undefined>>,
    attributes: A,
  ): Record<string, Value> {
    const present: Record<string, Value> = {};
    for (const name of kernel.inputs) {
      const value = inputs[name];
      if (value) present[name] = value;
      else if (!kernel.optional?.includes(name))
        throw new Error(`${label}: ${kernel.name} needs the input '${name}'`);
    }
    for (const name of Object.keys(inputs))
      if (!kernel.inputs.includes(name)) throw new Error(`${label}: ${kernel.name} has no input '${name}'`);
    for (const name of kernel.constants ?? [])
      if (present[name] && !this.#constants.has(present[name]))
        throw new Error(`${label}: input '${name}' of ${kernel.name} must be a constant`);
    const specs = Object.fromEntries(Object.entries(present).map(([name, { spec }]) => [name, spec]));
    let outputSpecs: Readonly<Record<string, TensorSpec>>;
    try {
      outputSpecs = kernel.infer(specs, attributes);
    } catch (error) {
      throw new Error(`${label}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    const entries = Object.entries(outputSpecs);
    const outputs = Object.fromEntries(
      entries.map(([name, spec]) => [name, { label: entries.length > 1 ? `${label}.${name}` : label, spec }]),
    );
    const node: KernelNode = { kind: 'kernel', kernel, label, inputs: present, outputs, attributes };
    this.#nodes.push(node);
    return outputs;
  }

  /** As `kernel`, for kernels with one output. */
  apply<A extends Attributes>(
    kernel: Kernel<A>,
    label: string,
    inputs: Readonly<Record<string, Value | undefined>>,
    attributes: A,
  ): Value {
    const [value, ...others] = Object.values(this.kernel(kernel, label, inputs, attributes));
    if (!value || others.length > 0) throw new Error(`${label}: ${kernel.name} has several outputs`);
    return value;
  }

  /**
   * The same values under another shape: free, because storage is channels-last. The number of channels stays,
   * so images become tokens and back, or one image is taken out of a batch.
   * @param firstPixel pixels (over batch, rows and columns) to leave out at the start
   */
  view(label: string, input: Value, shape: readonly number[], firstPixel = 0): Value {
    if (this.#constants.has(input))
      throw new Error(`${label}: '${input.label}' is a constant; give it another shape with reshaped`);
    const from = extentOf(input.spec.shape);
    const to = extentOf(shape);
    if (from.c !== to.c || firstPixel + to.n * to.h * to.w > from.n * from.h * from.w)
      throw new Error(
        `${label}: ${formatShape(shape)} from pixel ${firstPixel} is no part of ${formatShape(input.spec.shape)}`,
      );
    const output = { label, spec: { shape, dtype: input.spec.dtype } };
    this.#nodes.push({ kind: 'view', label, input, output, firstPixel, block: 1 });
    return output;
  }

  /** The graph so far. */
  build(): Graph {
    return {
      nodes: [...this.#nodes],
      inputs: new Map(this.#inputs),
      outputs: new Map(this.#outputs),
      constants: new Map(this.#constants),
      slices: new Map(),
    };
  }
}
