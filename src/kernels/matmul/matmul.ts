import { linearGrid } from '../common/grid.js';
import { groupGrid } from '../common/group-grid.js';
import lanes from '../common/lanes.wgsl';
import { formatShape, operand } from '../common/operand.js';
import type { Call, Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes, vec4s } from '../layout.js';
import rowBody from './matmul-row.wgsl';
import tileBody from './matmul-tile.wgsl';
import operands from './operands.wgsl';

export type MatmulAttributes = {
  /** b is [N, P, K] and used transposed. */
  readonly transposeB: boolean;
};

const includes = [lanes, operands];

const extentOfResult = ({ outputs }: Call<MatmulAttributes>) =>
  extentOf(operand(outputs, 'y', 'matmul').shape);

/**
 * Matrix product of a [N, M, K] and b [N, K, P] (or [N, P, K] with `transposeB`) → y [N, M, P]; without N for rank 2.
 * Sums in f32.
 */
export const matmul: Kernel<MatmulAttributes> = {
  name: 'matmul',
  inputs: ['a', 'b'],
  outputs: ['y'],
  infer(inputs, { transposeB }) {
    const a = operand(inputs, 'a', 'matmul');
    const b = operand(inputs, 'b', 'matmul');
    const left = extentOf(a.shape);
    const right = extentOf(b.shape);
    const [inner, columns] = transposeB ? [right.c, right.w] : [right.w, right.c];
    const rank = a.shape.length;
    if ((rank !== 2 && rank !== 3) || b.shape.length !== rank || left.n !== right.n || left.c !== inner)
      throw new Error(
        `matmul: a ${formatShape(a.shape)} and b ${formatShape(b.shape)}${transposeB ? ' transposed' : ''} do not fit: expected [N, M, K] and [N, ${transposeB ? 'P, K' : 'K, P'}], or both without N`,
      );
    return { y: { shape: [...a.shape.slice(0, -1), columns], dtype: a.dtype } };
  },
  cost({ inputs, outputs }) {
    const a = operand(inputs, 'a', 'matmul');
    const b = operand(inputs, 'b', 'matmul');
    const y = operand(outputs, 'y', 'matmul');
    return {
      flops: 2 * elementCount(y.shape) * extentOf(a.shape).c,
      bytes: storageBytes(a) + storageBytes(b) + storageBytes(y),
    };
  },
  variants: [
    {
      name: 'tile 4 × 8',
      legal: (call) => extentOfResult(call).w >= 4 && extentOfResult(call).c > 4,
      plan(call) {
        const { n, w, c } = extentOfResult(call);
        const { workgroups, rowGroups } = groupGrid(n * Math.ceil(w / 32) * Math.ceil(vec4s(c) / 16));
        return {
          dispatches: [
            {
              shader: { name: 'matmul-tile', body: tileBody, includes },
              bindings: ['a', 'b', 'y'],
              constants: { TRANSPOSE_B: call.attributes.transposeB, ROW: rowGroups },
              workgroups,
            },
          ],
        };
      },
    },
    {
      name: 'row × 4',
      plan(call) {
        const { n, w, c } = extentOfResult(call);
        const { workgroups, rowThreads } = linearGrid(n * w * vec4s(c));
        return {
          dispatches: [
            {
              shader: { name: 'matmul-row', body: rowBody, includes },
              bindings: ['a', 'b', 'y'],
              constants: { TRANSPOSE_B: call.attributes.transposeB, ROW: rowThreads },
              workgroups,
            },
          ],
        };
      },
    },
  ],
};
