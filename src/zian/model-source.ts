import { usageError } from '../errors.js';
import { checkDigest, type DownloadOptions } from '../web/download.js';
import { type ByteSource, blobSource, bytesSource, sha256Source } from '../weights/index.js';
import { type OpenedSource, platform } from './platform.js';

/**
 * Where a model file is: an address to download it from (in Node also a path), a file that a visitor chose, a file in the
 * origin private file system, bytes in memory, or any other `ByteSource`.
 */
export type ModelSource = string | URL | Blob | ArrayBuffer | Uint8Array | FileSystemFileHandle | ByteSource;

/**
 * Opens a model file, of whatever kind.
 * @throws ZianError: input when it cannot be read or does not hash to `sha256`, usage when it is no such source;
 * `signal.reason` when that was aborted
 */
export async function openModelSource(model: ModelSource, options: DownloadOptions): Promise<OpenedSource> {
  if (typeof model === 'string' || model instanceof URL) return await platform().openModel(model, options);
  const source = await localSource(model);
  await verifySource(source, options);
  return { source };
}

/** @throws ZianError (input) when the source does not hash to `sha256`; `signal.reason` when that was aborted */
export async function verifySource(source: ByteSource, { sha256, signal }: DownloadOptions): Promise<void> {
  if (sha256 === undefined) return;
  const digest = await sha256Source(source, undefined, () => signal?.throwIfAborted());
  checkDigest(source.name, digest, sha256);
}

async function localSource(model: Exclude<ModelSource, string | URL>): Promise<ByteSource> {
  if ('getFile' in model) return blobSource(model.name, await model.getFile());
  if ('stream' in model) return blobSource('name' in model ? String(model.name) : 'the model', model);
  if ('read' in model) return model;
  if (model instanceof Uint8Array) return bytesSource('the model', model);
  if (model instanceof ArrayBuffer) return bytesSource('the model', new Uint8Array(model));
  throw usageError(
    'The model is of no kind that can be read; give an address, Blob, ArrayBuffer, Uint8Array, FileSystemFileHandle or ByteSource.',
  );
}
