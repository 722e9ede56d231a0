/** Number of elements from a strided view's first to its last element, both included; 0 if it is empty. */
export function stridedExtent(shape: readonly number[], strides: readonly number[]): number {
  let last = 0;
  for (const [i, size] of shape.entries()) {
    if (size === 0) return 0;
    last += (size - 1) * (strides[i] ?? 0);
  }
  return last + 1;
}

/** True where the elements lie in C order without gaps; strides of dimensions of size 1 do not matter. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] ?? 0;
    if (size === 0) return true;
    if (size !== 1 && strides[i] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Reverses the bytes of each component of `size` bytes, for files written on big-endian machines. */
export function reverseComponents(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 1) return bytes;
  const reversed = new Uint8Array(bytes.byteLength);
  for (let at = 0; at + size <= bytes.byteLength; at += size) {
    for (let k = 0; k < size; k++) reversed[at + k] = bytes[at + size - 1 - k] ?? 0;
  }
  return reversed;
}

interface Dimension {
  readonly size: number;
  readonly stride: number;
}

/** Drops dimensions of size 1 and merges those that are one run in memory, so that inner loops are long. */
function simplify(shape: readonly number[], strides: readonly number[]): Dimension[] {
  const merged: Dimension[] = [];
  for (const [i, size] of shape.entries()) {
    const stride = strides[i] ?? 0;
    const outer = merged.at(-1);
    if (size === 1) continue;
    if (outer !== undefined && outer.stride === size * stride) {
      merged[merged.length - 1] = { size: outer.size * size, stride };
    } else {
      merged.push({ size, stride });
    }
  }
  return merged;
}

type Words = Uint8Array | Uint16Array | Uint32Array;

/** The widest integer view that elements are a whole number of. */
function wordsOf(bytes: Uint8Array, itemSize: number): Words {
  const at = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  if (itemSize % 4 === 0) return new Uint32Array(at.buffer, at.byteOffset, at.byteLength / 4);
  if (itemSize % 2 === 0) return new Uint16Array(at.buffer, at.byteOffset, at.byteLength / 2);
  return at;
}

/** Copies a row of `size` elements that are `stride` elements apart. */
function copyRow(
  from: Words,
  source: number,
  to: Words,
  target: number,
  row: Dimension,
  perItem: number,
): void {
  if (row.stride === 1) {
    to.set(from.subarray(source, source + row.size * perItem), target);
    return;
  }
  const step = row.stride * perItem;
  for (let k = 0; k < perItem; k++) {
    for (let i = 0; i < row.size; i++) {
      to[target + i * perItem + k] = from[source + i * step + k] ?? 0;
    }
  }
}

/**
 * The elements of a strided view in C order.
 *
 * @param bytes from the view's first element to its last
 * @param strides in elements, not negative
 */
export function gatherStrided(
  bytes: Uint8Array,
  shape: readonly number[],
  strides: readonly number[],
  itemSize: number,
): Uint8Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  const result = new Uint8Array(count * itemSize);
  const dimensions = simplify(shape, strides);
  const row = dimensions.pop() ?? { size: 1, stride: 1 };
  const from = wordsOf(bytes, itemSize);
  const to = wordsOf(result, itemSize);
  const perItem = itemSize / from.BYTES_PER_ELEMENT;
  const index = dimensions.map(() => 0);
  let source = 0;
  for (let target = 0; target < count; target += row.size) {
    copyRow(from, source * perItem, to, target * perItem, row, perItem);
    // Counts up like an odometer, carrying the source offset along.
    for (let d = dimensions.length - 1; d >= 0; d--) {
      const { size, stride } = dimensions[d] ?? row;
      const next = (index[d] ?? 0) + 1;
      index[d] = next % size;
      source += stride;
      if (next < size) break;
      source -= size * stride;
    }
  }
  return result;
}
