import { inputError } from '../errors.js';

/** Random access to the bytes of a file, a Blob or a buffer, so that large files need not be in memory. */
export interface ByteSource {
  /** What error messages call it, usually the path. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`. The result may be a view of the source's own memory: do not
   * write to it.
   *
   * @throws ZianError (input) where the range is not inside the source, or reading fails.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** An ArrayBuffer cannot be longer than this in the engines that are supported (Node 20: 4 GiB). */
const MAX_READ = 2 ** 32 - 1;

/**
 * Guards a read: the range must be inside the source.
 *
 * @throws ZianError (input) otherwise.
 */
export function checkRange(source: ByteSource, offset: number, length: number): void {
  const inside = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!inside || offset + length > source.size) {
    throw inputError(
      `${source.name} is truncated or damaged: bytes ${offset} to ${offset + length} are needed, but it has only ${source.size}; copy or download it again.`,
    );
  }
  if (length > MAX_READ) {
    throw inputError(
      `${source.name} holds a single piece of ${length} bytes, more than the ${MAX_READ} that fit in one buffer.`,
    );
  }
}

/** A source over bytes in memory; reads are views, not copies. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    async read(offset, length) {
      checkRange(this, offset, length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A source over a Blob or File, as a browser's file picker gives it. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, length) {
      checkRange(this, offset, length);
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (cause) {
        throw inputError(
          `${name} could not be read: it may have been changed or moved since it was chosen.`,
          {
            cause,
          },
        );
      }
      if (bytes.byteLength !== length) {
        throw inputError(
          `${name} could not be read: ${length} bytes were expected at ${offset}, ${bytes.byteLength} came.`,
        );
      }
      return bytes;
    },
  };
}

/** At most `length` bytes from `offset`: fewer where the source ends before. */
export async function readUpTo(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  return source.read(offset, Math.max(0, Math.min(length, source.size - offset)));
}

/** The bytes of a range, piece by piece, so that memory stays small whatever its length. */
export async function* readPieces(
  source: ByteSource,
  offset: number,
  length: number,
  pieceBytes: number = 8 << 20,
): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < length; done += pieceBytes) {
    yield await source.read(offset + done, Math.min(pieceBytes, length - done));
  }
}
