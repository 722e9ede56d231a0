const BLOCK = 512;

/**
 * The regular files of an uncompressed POSIX tar archive (ustar or GNU) by name, as views into it. Every header's
 * checksum is verified; entries that are no regular files, and long names, which no archive read here has, are skipped.
 * @throws Error when the archive is damaged or cut short.
 */
export function untar(archive: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    if (octal(header, 148, 8) !== checksum(header)) throw new Error(`tar: damaged header at byte ${at}`);
    const size = octal(header, 124, 12);
    const start = at + BLOCK;
    if (start + size > archive.length) throw new Error(`tar: cut short at byte ${archive.length}`);
    const type = header[156];
    if (type === 0 || type === 0x30) files.set(text(header, 0, 100), archive.subarray(start, start + size));
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error('tar: no end mark');
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function octal(header: Uint8Array, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw new Error(`tar: '${digits}' is no octal number`);
  return Number.parseInt(digits, 8);
}

/** The sum of the header's bytes, with the checksum's own field counted as blanks. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}
