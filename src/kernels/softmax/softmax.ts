import floatBits from '../common/float-bits.wgsl';
import { linearGrid } from '../common/grid.js';
import { groupGrid } from '../common/group-grid.js';
import lanes from '../common/lanes.wgsl';
import { operand } from '../common/operand.js';
import softmaxPieces from '../common/softmax.wgsl';
import type { Call, Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes } from '../layout.js';
import rowPieces from './row.wgsl';
import plain from './softmax.wgsl';
import wide from './softmax-wide.wgsl';

/** No attributes: the axis is always the channels. */
export type SoftmaxAttributes = Readonly<Record<string, never>>;

const includes = [lanes, floatBits, softmaxPieces, rowPieces];

const rowsOf = ({ outputs }: Call<SoftmaxAttributes>): number => {
  const { n, h, w } = extentOf(operand(outputs, 'y', 'softmax').shape);
  return n * h * w;
};

/**
 * Softmax over the channels: axis 1 of a rank-4 tensor (NCHW), the last axis of any other. The largest score is
 * subtracted first. A row with a NaN or +∞, or of -∞ alone, becomes NaN, as in PyTorch.
 */
export const softmax: Kernel<SoftmaxAttributes> = {
  name: 'softmax',
  inputs: ['x'],
  outputs: ['y'],
  infer: (inputs) => ({ y: operand(inputs, 'x', 'softmax') }),
  cost({ inputs }) {
    const x = operand(inputs, 'x', 'softmax');
    // Comparison, subtraction, exponential, sum, division.
    return { flops: 5 * elementCount(x.shape), bytes: 2 * storageBytes(x) };
  },
  variants: [
    {
      name: 'row per workgroup',
      // Few long rows: one thread each would neither fill the device nor read neighbouring memory.
      legal: ({ outputs }) => extentOf(operand(outputs, 'y', 'softmax').shape).c >= 1024,
      plan(call) {
        const { workgroups, rowGroups } = groupGrid(rowsOf(call));
        const shader = { name: 'softmax-wide', body: wide, includes };
        return {
          dispatches: [{ shader, bindings: ['x', 'y'], constants: { ROW: rowGroups }, workgroups }],
        };
      },
    },
    {
      name: 'row per thread',
      plan(call) {
        const { workgroups, rowThreads } = linearGrid(rowsOf(call));
        const shader = { name: 'softmax', body: plain, includes };
        return {
          dispatches: [{ shader, bindings: ['x', 'y'], constants: { ROW: rowThreads }, workgroups }],
        };
      },
    },
  ],
};
