import type { CropAndResizeAttributes } from '../../../src/kernels/crop_and_resize/crop_and_resize.js';
import type { Lowering, LoweringCall } from '../lowering.js';
import type { Tensor } from '../onnx-model.js';

/**
 * Sampling positions along one axis, one row per image (or one for all): the table in GridSample's units, and of it
 * the row that the peak picks.
 * @param lane of `index`: 0 column, 1 row
 */
function positions(
  { emitter, constants, value, optional }: LoweringCall,
  table: 'columns' | 'rows',
  extent: number,
  lane: number,
): Tensor {
  const { shape } = value(table).spec;
  const [, size = 0] = shape;
  // (g + 1) · extent / 2 − ½ undone: exact for the sizes that are powers of two.
  const toGrid = (position: number): number => (position + 0.5) / (extent / 2) - 1;
  const form = `grid.${extent}`;
  const index = optional('index');
  if (!index) {
    return constants.derived(value(table), `${form}.first`, [1, size], (values) =>
      values.slice(0, size).map(toGrid),
    );
  }
  const grid = constants.derived(value(table), form, shape, (values) => values.map(toGrid));
  // [N, C, 4] → the lane of the first channel: [N]
  const picked = emitter.gather(emitter.gather(index, emitter.integers(lane), 2), emitter.integers(0), 1);
  return emitter.gather(grid, picked, 0);
}

export const cropAndResizeLowering: Lowering<CropAndResizeAttributes> = {
  lower(call) {
    const { emitter, input } = call;
    const image = input('image');
    const [n = 0, c = 0, h = 0, w = 0] = image.shape;
    const columns = positions(call, 'columns', w, 0);
    const rows = positions(call, 'rows', h, 1);
    const [images = 0, width = 0] = columns.shape;
    const [, height = 0] = rows.shape;
    const plane = [n, height, width, 1];
    const x = emitter.expand(emitter.reshape(columns, [images, 1, width, 1]), plane);
    const y = emitter.expand(emitter.reshape(rows, [images, height, 1, 1]), plane);
    return {
      y: emitter.node('GridSample', [image, emitter.concat([x, y], 3)], [n, c, height, width], {
        mode: 'bilinear',
        padding_mode: 'zeros',
        align_corners: 0,
      }),
    };
  },
};
