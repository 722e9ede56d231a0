import { elementCount } from '../../../kernels/layout.js';

/**
 * Indices spread over a tensor, the same each time, ascending: all of them where there are few; else the first and last
 * rows' among them, since what is wrong at borders is wrong there.
 */
export function sampleIndices(shape: readonly number[], samples: number): number[] {
  const count = elementCount(shape);
  if (count <= samples) return Array.from({ length: count }, (_, i) => i);
  const width = shape.at(-1) ?? 1;
  const found = new Set([0, width - 1, count - width, count - 1]);
  let state = 12_345;
  while (found.size < samples) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    found.add(Math.floor((state / 2 ** 32) * count));
  }
  return [...found].sort((a, b) => a - b);
}
