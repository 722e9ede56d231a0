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

/** A convolution's output, of which single elements can be had. */
export interface Conv2dElements {
  readonly shape: readonly number[];
  /** Products of a sum. */
  readonly products: number;
  /** The element at a flat index of the C-order output. */
  at(index: number): number;
}

/** The elements of a convolution's output: each is computed when it is asked for. */
export function conv2dElements(
  inputs: Readonly<Record<string, RefTensor>>,
  attributes: Conv2dAttributes,
): Conv2dElements {
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

  const element = (n: number, o: number, row: number, column: number): number => {
    const weightRow = Math.floor((n * g.branches) / out.n) * g.cout + o;
    const firstChannel = Math.floor(o / (g.cout / g.groups)) * cinPerGroup;
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
    return activate(sum, g.activation);
  };
  const at =
    shape.length === 4
      ? (index: number): number => {
          const pixel = Math.floor(index / out.w);
          const plane = Math.floor(pixel / out.h);
          return element(Math.floor(plane / out.c), plane % out.c, pixel % out.h, index % out.w);
        }
      : (index: number): number => {
          const pixel = Math.floor(index / out.c);
          const row = Math.floor(pixel / out.w);
          return element(Math.floor(row / out.h), index % out.c, row % out.h, pixel % out.w);
        };
  return { shape, products: cinPerGroup * kh * kw, at };
}

export const conv2dReference: Reference<Conv2dAttributes> = (inputs, attributes) => {
  const { shape, at } = conv2dElements(inputs, attributes);
  return { y: { shape, data: Float64Array.from({ length: elementCount(shape) }, (_, i) => at(i)) } };
};
