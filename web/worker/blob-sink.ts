import type { ByteSink } from '../../src/weights/index.js';

/** After so many bytes they are handed to the browser, which may keep them on disk. */
const PIECE_BYTES = 16 << 20;

/** A sink that becomes a Blob, so that a large file never lies in the worker's own memory. */
export function blobSink(): ByteSink & { blob(): Blob } {
  const pieces: Blob[] = [];
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const flush = (): void => {
    pieces.push(new Blob(parts));
    parts = [];
    bytes = 0;
  };
  return {
    async write(chunk) {
      parts.push(chunk.slice());
      bytes += chunk.byteLength;
      if (bytes >= PIECE_BYTES) flush();
    },
    blob() {
      flush();
      return new Blob(pieces, { type: 'application/octet-stream' });
    },
  };
}
