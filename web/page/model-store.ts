/** Models that visitors keep, in the browser's private file system for this page: nothing leaves the device. */

const FOLDER = 'models';

export interface KeptModel {
  readonly name: string;
  readonly file: File;
}

const folder = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

/** Whether this browser has such a file system. */
export const canKeep = (): boolean => 'storage' in navigator && 'getDirectory' in navigator.storage;

export async function listKept(): Promise<KeptModel[]> {
  if (!canKeep()) return [];
  const kept: KeptModel[] = [];
  for await (const handle of (await folder()).values())
    if (handle instanceof FileSystemFileHandle && handle.name.endsWith('.safetensors'))
      kept.push({ name: handle.name, file: await handle.getFile() });
  return kept.sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Writes a model under a name; one that is kept under it is replaced when the new one is complete.
 * @throws DOMException where there is no room
 */
export async function keep(
  name: string,
  blob: Blob,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<KeptModel> {
  const handle = await (await folder()).getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  let done = 0;
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      done += chunk.byteLength;
      onProgress(done);
      controller.enqueue(chunk);
    },
  });
  try {
    await blob.stream().pipeThrough(counting).pipeTo(writable, { signal });
  } catch (error) {
    // A file that was never closed is empty, and would be taken for a model.
    if ((await handle.getFile()).size === 0) await forget(name);
    throw error;
  }
  // Without this a browser that runs out of room may drop it.
  await navigator.storage.persist().catch(() => false);
  return { name, file: await handle.getFile() };
}

export async function forget(name: string): Promise<void> {
  await (await folder()).removeEntry(name);
}
