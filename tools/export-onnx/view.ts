import type { ViewNode } from '../../src/graph/index.js';
import { extentOf } from '../../src/kernels/layout.js';
import type { Emitter } from './emitter.js';
import { channelsFirst, channelsLast } from './lowering.js';
import type { Tensor } from './onnx-model.js';

/** The same pixels, or some of them, under another shape: images as tokens and back, one image of a batch. */
export function lowerView(emitter: Emitter, { block, output, firstPixel }: ViewNode, x: Tensor): Tensor {
  if (block !== 1)
    throw new Error(
      'a pixel shuffle that a pass made a view has no counterpart in ONNX: leave that pass out',
    );
  const from = extentOf(x.shape);
  const { n, h, w, c } = extentOf(output.spec.shape);
  const all = from.n * from.h * from.w;
  const wanted = n * h * w;
  let rows = channelsLast(emitter, x);
  if (wanted !== all) {
    const [starts, ends, axes] = [[firstPixel], [firstPixel + wanted], [0]].map((values) =>
      emitter.integers(values),
    );
    rows = emitter.node('Slice', [emitter.reshape(rows, [all, c]), starts, ends, axes], [wanted, c]);
  }
  const rank = output.spec.shape.length;
  const shape = rank === 4 ? [n, h, w, c] : output.spec.shape;
  return channelsFirst(emitter, emitter.reshape(rows, shape), rank);
}
