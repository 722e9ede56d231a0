import type { DType, Layout, Operand, TensorSpec } from './contract.js';

/** A tensor as kernels see it, whatever its rank: images [N, C, H, W], tokens [N, T, C] as h = 1 and w = T, rows [R, C], vectors [C]. */
export interface Extent {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

/** Batch, rows, columns and channels of a shape of rank 0 to 4; throws for a higher rank. */
export function extentOf(shape: readonly number[]): Extent {
  const [a = 1, b = 1, c = 1, d = 1] = shape;
  switch (shape.length) {
    case 0:
      return { n: 1, h: 1, w: 1, c: 1 };
    case 1:
      return { n: 1, h: 1, w: 1, c: a };
    case 2:
      return { n: 1, h: 1, w: a, c: b };
    case 3:
      return { n: a, h: 1, w: b, c };
    case 4:
      return { n: a, h: c, w: d, c: b };
    default:
      throw new Error(`shape [${shape.join(', ')}] has rank ${shape.length}; tensors have rank 0 to 4`);
  }
}

/** Number of vec4s that hold `count` scalars. */
export const vec4s = (count: number): number => Math.ceil(count / 4);

/** Number of elements of a shape. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const bytesPerElement = (dtype: DType): number => (dtype === 'f16' ? 2 : 4);

/** The layout of a tensor that has a buffer to itself. */
export const denseLayout = (shape: readonly number[]): Layout => ({
  offset: 0,
  stride: vec4s(extentOf(shape).c),
  block: 1,
});

export const denseOperand = (spec: TensorSpec): Operand => ({ ...spec, layout: denseLayout(spec.shape) });

/** Bytes of a buffer that holds the tensor densely. */
export function storageBytes(spec: TensorSpec): number {
  const { n, h, w, c } = extentOf(spec.shape);
  return n * h * w * vec4s(c) * 4 * bytesPerElement(spec.dtype);
}

/** Position in dense padded storage of each element in C order. */
function* storageIndices(shape: readonly number[]): Generator<number> {
  const { n, h, w, c } = extentOf(shape);
  const row = vec4s(c) * 4;
  if (shape.length === 4) {
    for (let i = 0; i < n; i++)
      for (let k = 0; k < c; k++) for (let p = 0; p < h * w; p++) yield (i * h * w + p) * row + k;
  } else {
    for (let p = 0; p < n * h * w; p++) for (let k = 0; k < c; k++) yield p * row + k;
  }
}

/** C-order values → channels-last storage with zero padding (as float64-exact numbers in `out`). */
export function toStorage<T extends { [index: number]: number }>(
  data: ArrayLike<number>,
  shape: readonly number[],
  out: T,
): T {
  let i = 0;
  for (const at of storageIndices(shape)) out[at] = data[i++] ?? 0;
  return out;
}

/** Channels-last padded storage → C-order values. */
export function fromStorage<T extends { [index: number]: number }>(
  storage: ArrayLike<number>,
  shape: readonly number[],
  out: T,
): T {
  let i = 0;
  for (const at of storageIndices(shape)) out[i++] = storage[at] ?? 0;
  return out;
}

/**
 * A tensor's values in C order, out of the scalars of the buffer it lies in, whatever its layout.
 * @param storage scalars of the buffer, of the operand's element type
 */
export function gather<T extends { [index: number]: number }>(
  storage: ArrayLike<number>,
  { shape, layout }: Operand,
  out: T,
): T {
  const { n, h, w, c } = extentOf(shape);
  const { offset, stride, block } = layout;
  const image = shape.length === 4;
  for (let i = 0; i < n; i++)
    for (let row = 0; row < h; row++)
      for (let column = 0; column < w; column++) {
        const low = (i * (h / block) + Math.floor(row / block)) * (w / block) + Math.floor(column / block);
        const pixel =
          block === 1 ? (i * h + row) * w + column : (low * block + (row % block)) * block + (column % block);
        const from = (offset + pixel * stride) * 4;
        for (let k = 0; k < c; k++) {
          const to = image ? ((i * c + k) * h + row) * w + column : ((i * h + row) * w + column) * c + k;
          out[to] = storage[from + k] ?? 0;
        }
      }
  return out;
}
