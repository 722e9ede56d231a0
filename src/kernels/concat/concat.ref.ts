import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import { elementCount } from '../layout.js';
import { type ConcatAttributes, presentParts } from './concat.js';

export const concatReference: Reference<ConcatAttributes> = (inputs, { axis }) => {
  const parts = presentParts(inputs).map(({ part }) => part);
  const first = operand(inputs, 'a', 'concat');
  const length = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  const shape = first.shape.map((size, i) => (i === axis ? length : size));
  const data = new Float64Array(elementCount(shape));
  const outer = elementCount(shape.slice(0, axis));
  let at = 0;
  for (let i = 0; i < outer; i++)
    for (const part of parts) {
      const run = part.data.length / outer;
      data.set(part.data.subarray(i * run, (i + 1) * run), at);
      at += run;
    }
  return { y: { shape, data } };
};
