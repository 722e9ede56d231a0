import type { PixelShuffleAttributes } from '../../../src/kernels/pixel_shuffle/pixel_shuffle.js';
import type { ResizeAttributes } from '../../../src/kernels/resize/resize.js';
import type { TransposeHwAttributes } from '../../../src/kernels/transpose_hw/transpose_hw.js';
import type { Emitter } from '../emitter.js';
import type { Lowering } from '../lowering.js';
import type { Tensor } from '../onnx-model.js';

/** Floor of i · in / out, as PyTorch's nearest has it. */
const NEAREST = {
  mode: 'nearest',
  coordinate_transformation_mode: 'asymmetric',
  nearest_mode: 'floor',
} as const;

/** Nearest upsampling of rows and columns by a whole factor. */
export function enlarged(emitter: Emitter, x: Tensor, factor: number): Tensor {
  if (factor === 1) return x;
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const scales = emitter.numbers([1, 1, factor, factor]);
  return emitter.node('Resize', [x, undefined, scales], [n, c, h * factor, w * factor], NEAREST);
}

export const resizeLowering: Lowering<ResizeAttributes> = {
  lower({ emitter, attributes, input }) {
    const { mode, height, width, alignCorners } = attributes;
    const x = input('x');
    const [n = 0, c = 0, h = 0, w = 0] = x.shape;
    const factor = height / h;
    if (mode === 'nearest' && Number.isInteger(factor) && width === w * factor)
      return { y: enlarged(emitter, x, factor) };
    const shape = [n, c, height, width];
    const how =
      mode === 'nearest'
        ? NEAREST
        : {
            mode: 'linear',
            coordinate_transformation_mode: alignCorners ? 'align_corners' : 'half_pixel',
          };
    return { y: emitter.node('Resize', [x, undefined, undefined, emitter.integers(shape)], shape, how) };
  },
};

export const pixelShuffleLowering: Lowering<PixelShuffleAttributes> = {
  lower({ emitter, attributes: { factor }, input }) {
    const x = input('x');
    const [n = 0, c = 0, h = 0, w = 0] = x.shape;
    const shape = [n, c / factor ** 2, h * factor, w * factor];
    return { y: emitter.node('DepthToSpace', [x], shape, { blocksize: factor, mode: 'CRD' }) };
  },
};

export const transposeHwLowering: Lowering<TransposeHwAttributes> = {
  lower: ({ emitter, input }) => ({ y: emitter.transpose(input('x'), [0, 1, 3, 2]) }),
};
