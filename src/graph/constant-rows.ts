import type { ConstantRows } from '../kernels/contract.js';
import { type Constant, evaluate, type ReadWeight } from './constants.js';

/**
 * A constant's values by rows, where they lie in the weights that were read, so that weights of hundreds of megabytes
 * are touched once: when they are packed. What is no arrangement of weights' rows is computed, and rounded to float32.
 * @param rowLength values per row, in the value's shape: all axes but the first
 */
export async function constantRows(
  constant: Constant,
  rowLength: number,
  read: ReadWeight,
): Promise<ConstantRows> {
  const rowsOf = (of: Constant): Promise<ConstantRows> => constantRows(of, rowLength, read);
  switch (constant.kind) {
    case 'weight':
      return plainRows(await read(constant.name), rowLength);
    case 'scaled-rows': {
      const [{ sources, starts, factors }, scale] = await Promise.all([
        rowsOf(constant.of),
        evaluate(constant.factors, read),
      ]);
      if (scale.length !== sources.length) break;
      return { rowLength, sources, starts, factors: factors.map((factor, i) => factor * (scale[i] ?? 0)) };
    }
    case 'permuted-rows': {
      const { order } = constant;
      const { sources, starts, factors } = await rowsOf(constant.of);
      if (order.length !== sources.length) break;
      const permuted = <T>(values: readonly T[]): T[] =>
        order.flatMap((from) => values.slice(from, from + 1));
      return { rowLength, sources: permuted(sources), starts: permuted(starts), factors: permuted(factors) };
    }
    case 'stacked': {
      const parts = await Promise.all(constant.parts.map(rowsOf));
      return {
        rowLength,
        sources: parts.flatMap(({ sources }) => sources),
        starts: parts.flatMap(({ starts }) => starts),
        factors: parts.flatMap(({ factors }) => factors),
      };
    }
  }
  return plainRows(Float32Array.from(await evaluate(constant, read)), rowLength);
}

/** Values that lie one row after the other. */
export function plainRows(values: Float32Array, rowLength: number): ConstantRows {
  const rows = Array.from({ length: Math.ceil(values.length / rowLength) }, (_, i) => i);
  return {
    rowLength,
    sources: rows.map(() => values),
    starts: rows.map((row) => row * rowLength),
    factors: rows.map(() => 1),
  };
}

/** The values themselves, in C order. */
export function flatRows({ rowLength, sources, starts, factors }: ConstantRows): Float32Array {
  const out = new Float32Array(sources.length * rowLength);
  sources.forEach((source, row) => {
    const [from = 0, factor = 1] = [starts[row], factors[row]];
    for (let i = 0; i < rowLength; i++) out[row * rowLength + i] = factor * (source[from + i] ?? 0);
  });
  return out;
}
