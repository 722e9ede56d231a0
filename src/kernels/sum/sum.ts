import { type Activation, activationCode, activationInclude } from '../common/activation.js';
import lanes from '../common/lanes.wgsl';
import { formatShape, operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Kernel } from '../contract.js';
import { elementCount, storageBytes } from '../layout.js';
import body from './sum.wgsl';

export type SumAttributes = {
  /** Integer upsampling factor of each present input, in the order a, b, c, d; 1 leaves the input as it is. */
  readonly factors: readonly number[];
  readonly activation: Activation;
};

const TERMS = ['a', 'b', 'c', 'd'] as const;
type Term = (typeof TERMS)[number];

/** The inputs that are there, each with its factor. */
export function presentTerms<T>(
  inputs: Readonly<Record<string, T>>,
  factors: readonly number[],
): readonly { readonly name: Term; readonly input: T; readonly factor: number }[] {
  operand(inputs, 'a', 'sum');
  const present = TERMS.filter((name) => inputs[name] !== undefined);
  if (present.length !== factors.length)
    throw new Error(`sum: ${present.length} inputs but ${factors.length} factors`);
  return present.map((name, i) => {
    const factor = factors[i] ?? 0;
    if (!Number.isInteger(factor) || factor < 1)
      throw new Error(`sum: the factor of ${name} is ${factor}, not a positive integer`);
    return { name, input: operand(inputs, name, 'sum'), factor };
  });
}

/** The shape of a term after upsampling: rows and columns of an image times the factor. */
export function upsampledShape(name: string, shape: readonly number[], factor: number): readonly number[] {
  if (factor === 1) return shape;
  if (shape.length !== 4)
    throw new Error(`sum: ${name} has shape ${formatShape(shape)}; only [N, C, H, W] can be upsampled`);
  return shape.map((size, axis) => (axis < 2 ? size : size * factor));
}

/**
 * Elementwise sum of one to four tensors, added from left to right, each first upsampled by an integer factor with
 * nearest neighbours, then an activation. Any shape where all factors are 1. HRNet's fuse layers are this.
 */
export const sum: Kernel<SumAttributes> = {
  name: 'sum',
  inputs: TERMS,
  optional: ['b', 'c', 'd'],
  outputs: ['y'],
  infer(inputs, { factors }) {
    const shapes = presentTerms(inputs, factors).map(({ name, input, factor }) => ({
      name,
      shape: upsampledShape(name, input.shape, factor),
    }));
    const { shape, dtype } = operand(inputs, 'a', 'sum');
    const expected = shapes[0]?.shape ?? shape;
    for (const { name, shape: other } of shapes)
      if (other.join() !== expected.join())
        throw new Error(
          `sum: a is ${formatShape(expected)} and ${name} is ${formatShape(other)} after upsampling`,
        );
    return { y: { shape: expected, dtype } };
  },
  cost({ inputs, outputs }) {
    const y = operand(outputs, 'y', 'sum');
    const terms = Object.values(inputs);
    return {
      flops: elementCount(y.shape) * terms.length,
      bytes: [...terms, y].reduce((bytes, tensor) => bytes + storageBytes(tensor), 0),
    };
  },
  variants: [
    {
      name: 'plain',
      plan({ inputs, outputs, attributes }) {
        const factors: Record<Term, number> = { a: 1, b: 1, c: 1, d: 1 };
        for (const { name, factor } of presentTerms(inputs, attributes.factors)) factors[name] = factor;
        return vec4Plan(
          operand(outputs, 'y', 'sum'),
          { name: 'sum', body, includes: [activationInclude, lanes] },
          ['a', 'b', 'c', 'd', 'y'],
          {
            ACTIVATION: activationCode(attributes.activation),
            FACTOR_A: factors.a,
            FACTOR_B: factors.b,
            FACTOR_C: factors.c,
            FACTOR_D: factors.d,
          },
        );
      },
    },
  ],
};
