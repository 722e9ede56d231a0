/** FNV-1a over the bits of numbers: to see whether they have changed. */
export function digestOf({ buffer, byteOffset, byteLength }: Float64Array): number {
  let hash = 0x811c9dc5;
  for (const word of new Uint32Array(buffer, byteOffset, byteLength / 4))
    hash = Math.imul(hash ^ word, 0x01000193);
  return hash >>> 0;
}
