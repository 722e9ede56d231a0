/** A zip archive's entries, taken from a sound archive by its directory. */
export interface ZipRecord {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The entries of a sound archive without compression. */
export function readRecords(bytes: Uint8Array): ZipRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  const records: ZipRecord[] = [];
  let at = view.getUint32(end + 16, true);
  if (at === 0xffffffff) at = Number(view.getBigUint64(end - 20 - 56 + 48, true));
  const text = (from: number, length: number): string =>
    new TextDecoder().decode(bytes.subarray(from, from + length));
  while (view.getUint32(at, true) === 0x02014b50) {
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    records.push({
      name: text(at + 46, nameLength),
      content: bytes.slice(start, start + view.getUint32(at + 24, true)),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return records;
}
