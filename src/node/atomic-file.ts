import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { usageError, type ZianError } from '../errors.js';
import type { ByteSink } from '../weights/byte-sink.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
};

function writeFailure(path: string, cause: unknown): ZianError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  return usageError(`${path} cannot be written: ${REASONS[code] ?? code}.`, { cause });
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const want = Math.min(1 << 30, bytes.byteLength - done);
    done += (await handle.write(bytes, done, want)).bytesWritten;
  }
}

/** Files not yet renamed; a process that ends in the middle of one takes it away. */
const unfinished = new Set<string>();
let hooked = false;

function removeAtExit(temporary: string): void {
  unfinished.add(temporary);
  if (hooked) return;
  hooked = true;
  process.once('exit', () => {
    for (const left of unfinished) rmSync(left, { force: true });
  });
}

async function openTemporary(path: string): Promise<{ handle: FileHandle; temporary: string }> {
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) throw usageError(`${path} cannot be written: it is a folder.`);
  // Beside the target, because a rename is only atomic within one file system.
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    removeAtExit(temporary);
    return { handle, temporary };
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

/**
 * Writes a file that appears under its name only when it is complete: `produce` writes to a temporary
 * file beside it, which is renamed when `produce` resolves and removed when anything fails.
 *
 * @returns what `produce` resolves to
 * @throws ZianError (usage) where the path cannot be written; whatever `produce` throws.
 */
export async function writeFileStreaming<T>(
  path: string,
  produce: (sink: ByteSink) => Promise<T>,
): Promise<T> {
  const { handle, temporary } = await openTemporary(path);
  const attempt = async <R>(action: () => Promise<R>): Promise<R> => {
    try {
      return await action();
    } catch (cause) {
      throw writeFailure(path, cause);
    }
  };
  try {
    const result = await produce({ write: (bytes) => attempt(() => writeAll(handle, bytes)) });
    await attempt(() => handle.close());
    await attempt(() => rename(temporary, path));
    return result;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    unfinished.delete(temporary);
  }
}

/** Writes a whole file by way of a temporary file and a rename (see `writeFileStreaming`). */
export async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  await writeFileStreaming(path, (sink) => sink.write(bytes));
}
