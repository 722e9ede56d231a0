import { activate } from '../common/activation.js';
import { operand } from '../common/operand.js';
import type { Reference, RefTensor } from '../contract.js';
import { elementCount, extentOf } from '../layout.js';
import { conv2d } from './conv2d.js';
import { type Conv2dAttributes, geometry, residuals } from './geometry.js';

/** Reads element (n, c, row, column) of a tensor of any rank seen as a batch of images. */
function reader({ shape, data }: RefTensor): (n: number, c: number, row: number, column: number) => number {
  const e = extentOf(shape);
  return shape.length === 4
    ? (n, c, row, column) => data[((n * e.c + c) * e.h + row) * e.w + column] ?? 0
    : (n, c, row, column) => data[((n * e.h + row) * e.w + column) * e.c + c] ?? 0;
}

export const conv2dReference: Reference<Conv2dAttributes> = (inputs, attributes) => {
  const specs = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [name, { shape, dtype: 'f32' as const }]),
  );
  const g = geometry(specs, attributes);
  const x = operand(inputs, 'x', 'conv2d');
  const weight = operand(inputs, 'weight', 'conv2d');
  const { shape } = operand(conv2d.infer(specs, attributes), 'y', 'conv2d');
  const extent = extentOf(x.shape);
  const out = extentOf(shape);
  const cinPerGroup = g.cin / g.groups;
  const [kh, kw] = g.kernel;
  const readX = reader(x);
  const present = residuals(inputs, g.factors).map(({ spec, factor }) => ({ read: reader(spec), factor }));

  const y: RefTensor = { shape, data: new Float64Array(elementCount(shape)) };
  for (let n = 0; n < out.n; n++)
    for (let o = 0; o < out.c; o++) {
      const weightRow = Math.floor((n * g.branches) / out.n) * g.cout + o;
      const firstChannel = Math.floor(o / (g.cout / g.groups)) * cinPerGroup;
      for (let row = 0; row < out.h; row++)
        for (let column = 0; column < out.w; column++) {
          let sum = inputs.bias?.data[weightRow] ?? 0;
          for (let i = 0; i < cinPerGroup; i++)
            for (let ky = 0; ky < kh; ky++)
              for (let kx = 0; kx < kw; kx++) {
                const r = row * g.stride[0] + ky * g.dilation[0] - g.padding[0];
                const c = column * g.stride[1] + kx * g.dilation[1] - g.padding[1];
                if (r < 0 || r >= extent.h || c < 0 || c >= extent.w) continue;
                const w = weight.data[((weightRow * cinPerGroup + i) * kh + ky) * kw + kx] ?? 0;
                sum += w * readX(n, firstChannel + i, r, c);
              }
          for (const { read, factor } of present)
            sum += read(n, o, Math.floor(row / factor), Math.floor(column / factor));
          const index =
            shape.length === 4
              ? ((n * out.c + o) * out.h + row) * out.w + column
              : ((n * out.h + row) * out.w + column) * out.c + o;
          y.data[index] = activate(sum, g.activation);
        }
    }
  return { y };
};
