import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { inputError, type ZianError } from '../errors.js';
import { printable } from '../printable.js';
import { type ByteSource, checkRange } from '../weights/byte-source.js';

/** `fs.read` takes a signed 32-bit length. */
const MAX_READ_CALL = 1 << 30;

/** A named pipe without a writer is opened at once, and then refused; Windows has neither such pipes nor the flag. */
const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EISDIR: 'is a folder, not a file',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ENAMETOOLONG: 'is no usable path: the name is too long',
  ELOOP: 'is a loop of symbolic links',
  ENXIO: 'is not a regular file',
  ERR_INVALID_ARG_VALUE: 'is no usable path',
};

function readFailure(path: string, cause: unknown): ZianError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  return inputError(`${path} ${REASONS[code] ?? `cannot be read (${code})`}.`, { cause });
}

async function readInto(handle: FileHandle, path: string, target: Uint8Array, offset: number) {
  let done = 0;
  while (done < target.byteLength) {
    const want = Math.min(MAX_READ_CALL, target.byteLength - done);
    let got: number;
    try {
      ({ bytesRead: got } = await handle.read(target, done, want, offset + done));
    } catch (cause) {
      throw readFailure(path, cause);
    }
    if (got === 0) throw inputError(`${path} became shorter while it was read; try again.`);
    done += got;
  }
}

/**
 * Opens a regular file for random access; `close()` it when done.
 *
 * @throws ZianError (input) where there is no such file, it is a folder or device, or may not be read.
 */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  let handle: FileHandle;
  try {
    handle = await open(path, READ_AT_ONCE);
  } catch (cause) {
    throw readFailure(path, cause);
  }
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw inputError(
      stat.isDirectory() ? `${path} is a folder, not a file.` : `${path} is not a regular file.`,
    );
  }
  const source: ByteSource & { close(): Promise<void> } = {
    name: printable(path, Number.POSITIVE_INFINITY),
    size: stat.size,
    async read(offset, length) {
      checkRange(source, offset, length);
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
      await readInto(handle, path, bytes, offset);
      return bytes;
    },
    close: () => handle.close(),
  };
  return source;
}
