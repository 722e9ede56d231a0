import { elementCount } from '../../src/kernels/layout.js';
import type { ElementType, Initializer, OnnxAttribute, OnnxNode, Tensor } from './onnx-model.js';

/** Makes the elements of a tensor while the model is written. */
export type MakeFloats = () => Promise<Float32Array> | Float32Array;

/** Bytes of a typed array as a file wants them. Every platform that Node and browsers run on is little-endian. */
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Never empty, which in ONNX means that there is no tensor. */
const nameOf = (values: readonly number[] | number): string =>
  typeof values === 'number' ? `${values}` : `[${values.join(', ')}]`;

/** Collects ONNX nodes and initializers; shapes are kept beside every tensor. */
export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Initializer[] = [];
  readonly #known = new Map<string, Tensor>();
  readonly #counts = new Map<string, number>();
  #scope = '';

  /** The part of the network that the next nodes belong to: the first part of their names. */
  enter(scope: string): void {
    this.#scope = scope;
  }

  /** One node with one result. */
  node(
    operator: string,
    inputs: readonly (Tensor | undefined)[],
    shape: readonly number[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    type: ElementType = 'float',
  ): Tensor {
    const base = `${this.#scope}/${operator}`;
    const count = (this.#counts.get(base) ?? 0) + 1;
    this.#counts.set(base, count);
    const name = count === 1 ? base : `${base}_${count}`;
    const output = { name, shape, type };
    this.nodes.push({ name, operator, inputs, outputs: [output], attributes });
    return output;
  }

  /** A float32 tensor that is known beforehand, its elements in C order. */
  floats(name: string, shape: readonly number[], make: MakeFloats): Tensor {
    const tensor: Tensor = { name, shape, type: 'float' };
    this.initializers.push({
      tensor,
      bytes: async () => {
        const values = await make();
        if (values.length !== elementCount(shape))
          throw new Error(`${values.length} values do not fill '${name}' [${shape.join(', ')}]`);
        return bytesOf(values);
      },
    });
    return tensor;
  }

  /** A float32 vector, or a scalar; equal ones are one tensor. */
  numbers(values: readonly number[] | number): Tensor {
    const list = typeof values === 'number' ? [values] : values;
    const shape = typeof values === 'number' ? [] : [list.length];
    return this.#once(`numbers ${shape.length} ${list.join()}`, () =>
      this.floats(nameOf(values), shape, () => Float32Array.from(list)),
    );
  }

  /** An int64 vector, or a scalar; equal ones are one tensor. */
  integers(values: readonly number[] | number): Tensor {
    const list = typeof values === 'number' ? [values] : values;
    const shape = typeof values === 'number' ? [] : [list.length];
    return this.#once(`integers ${shape.length} ${list.join()}`, () => {
      const tensor: Tensor = { name: nameOf(values), shape, type: 'int64' };
      const bytes = async (): Promise<Uint8Array> => bytesOf(BigInt64Array.from(list, BigInt));
      this.initializers.push({ tensor, bytes });
      return tensor;
    });
  }

  reshape(x: Tensor, shape: readonly number[]): Tensor {
    if (shape.join() === x.shape.join()) return x;
    if (elementCount(shape) !== elementCount(x.shape))
      throw new Error(`${x.name} [${x.shape.join(', ')}] does not take the shape [${shape.join(', ')}]`);
    return this.node('Reshape', [x, this.integers(shape)], shape, {}, x.type);
  }

  /** Axis i of the result is axis `order[i]` of x. */
  transpose(x: Tensor, order: readonly number[]): Tensor {
    const shape = order.map((axis) => x.shape[axis] ?? 0);
    return this.node('Transpose', [x], shape, { perm: order }, x.type);
  }

  expand(x: Tensor, shape: readonly number[]): Tensor {
    if (shape.join() === x.shape.join()) return x;
    return this.node('Expand', [x, this.integers(shape)], shape, {}, x.type);
  }

  concat(parts: readonly Tensor[], axis: number): Tensor {
    const [first, ...others] = parts;
    if (!first) throw new Error('a concatenation of nothing');
    if (others.length === 0) return first;
    const length = parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
    const shape = first.shape.map((size, i) => (i === axis ? length : size));
    return this.node('Concat', parts, shape, { axis }, first.type);
  }

  /** Slices of `x` along an axis; a scalar index takes the axis away, a vector leaves one entry per index. */
  gather(x: Tensor, index: Tensor, axis: number): Tensor {
    const shape = [...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)];
    return this.node('Gather', [x, index], shape, { axis }, x.type);
  }

  /** Elementwise operation whose result has the shape of the first operand. */
  binary(operator: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max' | 'Min', a: Tensor, b: Tensor): Tensor {
    return this.node(operator, [a, b], a.shape, {}, a.type);
  }

  #once(key: string, make: () => Tensor): Tensor {
    const known = this.#known.get(key) ?? make();
    this.#known.set(key, known);
    return known;
  }
}
