import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { MatmulAttributes } from './matmul.js';

export const matmulReference: Reference<MatmulAttributes> = (inputs, { transposeB }) => {
  const a = operand(inputs, 'a', 'matmul');
  const b = operand(inputs, 'b', 'matmul');
  const [m = 0, inner = 0] = a.shape.slice(-2);
  const columns = b.shape.at(transposeB ? -2 : -1) ?? 0;
  const batches = a.shape.length === 3 ? (a.shape[0] ?? 0) : 1;
  const data = new Float64Array(batches * m * columns);
  for (let n = 0; n < batches; n++)
    for (let i = 0; i < m; i++)
      for (let p = 0; p < columns; p++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const at = transposeB ? p * inner + k : k * columns + p;
          sum +=
            (a.data[(n * m + i) * inner + k] ?? Number.NaN) *
            (b.data[n * inner * columns + at] ?? Number.NaN);
        }
        data[(n * m + i) * columns + p] = sum;
      }
  return { y: { shape: [...a.shape.slice(0, -1), columns], data } };
};
