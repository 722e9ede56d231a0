import { elementCount } from '../kernels/layout.js';

/**
 * A tensor known when the model is loaded, as an expression over the model's weights: passes rewrite weights
 * without reading them, and each is computed once, in float64, while it is uploaded.
 */
export type Constant =
  | { readonly kind: 'weight'; readonly name: string }
  | { readonly kind: 'data'; readonly values: ArrayLike<number> }
  /** gamma / sqrt(variance + epsilon). */
  | {
      readonly kind: 'batch-norm-scale';
      readonly gamma: Constant;
      readonly variance: Constant;
      readonly epsilon: number;
    }
  /** beta − mean · scale. */
  | {
      readonly kind: 'batch-norm-shift';
      readonly beta: Constant;
      readonly mean: Constant;
      readonly scale: Constant;
    }
  /** Rows of a matrix (all axes but the first flattened), each times its factor. */
  | { readonly kind: 'scaled-rows'; readonly of: Constant; readonly factors: Constant }
  /** of · factors + summand, elementwise. */
  | { readonly kind: 'affine'; readonly of: Constant; readonly factors: Constant; readonly summand: Constant }
  /** Rows in another order: row i of the result is row `order[i]`. */
  | { readonly kind: 'permuted-rows'; readonly of: Constant; readonly order: readonly number[] }
  /** One after the other, along the first axis. */
  | { readonly kind: 'stacked'; readonly parts: readonly Constant[] };

/** Reads a weight by its name in the model file: C order, any float type widened to float32. */
export type ReadWeight = (name: string) => Promise<Float32Array>;

/** The constant's elements in C order. */
export async function evaluate(constant: Constant, read: ReadWeight): Promise<Float64Array> {
  const value = (of: Constant): Promise<Float64Array> => evaluate(of, read);
  switch (constant.kind) {
    case 'weight':
      return Float64Array.from(await read(constant.name));
    case 'data':
      return Float64Array.from(constant.values);
    case 'batch-norm-scale': {
      const variance = await value(constant.variance);
      return (await value(constant.gamma)).map(
        (gamma, i) => gamma / Math.sqrt((variance[i] ?? 0) + constant.epsilon),
      );
    }
    case 'batch-norm-shift': {
      const [mean, scale] = await Promise.all([value(constant.mean), value(constant.scale)]);
      return (await value(constant.beta)).map((beta, i) => beta - (mean[i] ?? 0) * (scale[i] ?? 0));
    }
    case 'scaled-rows': {
      const [of, factors] = await Promise.all([value(constant.of), value(constant.factors)]);
      const row = of.length / factors.length;
      return of.map((x, i) => x * (factors[Math.floor(i / row)] ?? 0));
    }
    case 'affine': {
      const [factors, summand] = await Promise.all([value(constant.factors), value(constant.summand)]);
      return (await value(constant.of)).map((x, i) => x * (factors[i] ?? 0) + (summand[i] ?? 0));
    }
    case 'permuted-rows': {
      const of = await value(constant.of);
      const row = of.length / constant.order.length;
      const result = new Float64Array(of.length);
      constant.order.forEach((from, to) => {
        result.set(of.subarray(from * row, (from + 1) * row), to * row);
      });
      return result;
    }
    case 'stacked': {
      const parts = await Promise.all(constant.parts.map(value));
      const result = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        result.set(part, at);
        at += part.length;
      }
      return result;
    }
  }
}

/** A constant of given values, checked against its shape. */
export function dataConstant(values: ArrayLike<number>, shape: readonly number[]): Constant {
  if (values.length !== elementCount(shape))
    throw new Error(`${values.length} values do not fill the shape [${shape.join(', ')}]`);
  return { kind: 'data', values };
}
