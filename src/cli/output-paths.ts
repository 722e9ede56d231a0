import { mkdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { usageError } from '../errors.js';

const identity = async (path: string): Promise<string> => {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? `path ${resolve(path)}` : `file ${found.dev} ${found.ino}`;
};

/**
 * Makes sure that no output would replace an input or another output, whatever links lead to it.
 * @throws ZianError (usage) naming the file
 */
export async function refuseOverwriting(
  outputs: readonly string[],
  inputs: readonly string[],
): Promise<void> {
  const taken = new Map<string, string>();
  for (const input of inputs) taken.set(await identity(input), 'is also an input');
  for (const output of outputs) {
    const id = await identity(output);
    const clash = taken.get(id);
    if (clash !== undefined) {
      throw usageError(`${output} ${clash}, and would be overwritten; choose another name for the output.`);
    }
    taken.set(id, 'is already the name of another output');
  }
}

const isDirectory = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

/** Names `STEM.overlay.png`, in order; where a stem comes again, `STEM-2.overlay.png` and so on. */
export function overlayNames(images: readonly string[]): string[] {
  // Compared without regard to case, since some file systems do so too.
  const taken = new Set<string>();
  return images.map((image) => {
    const stem = basename(image, extname(image));
    let name = `${stem}.overlay.png`;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}-${n}.overlay.png`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/**
 * Makes a folder, with those above it, unless it is there.
 * @param option what asked for it, for the message
 * @throws ZianError (usage) where it cannot be made
 */
export async function makeFolder(path: string, option: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw usageError(`${option} ${path}: the folder cannot be made (${code}).`, { cause });
  }
}

/**
 * The overlay's path for each image. One image: `output` itself, unless it is a folder. Several: a folder, which is
 * made if it is not there.
 * @throws ZianError (usage) where several images are to go to one file, or the folder cannot be made
 */
export async function overlayPaths(output: string, images: readonly string[]): Promise<string[]> {
  const folder = (await isDirectory(output)) || /[/\\]$/.test(output);
  if (images.length === 1 && !folder) return [output];
  if (!folder) {
    const looksLikeFile = /\.(png|jpe?g)$/i.test(output);
    if (looksLikeFile || (await stat(output).catch(() => undefined)) !== undefined) {
      throw usageError(`-o ${output} is one file, but there are ${images.length} images; name a folder.`);
    }
  }
  await makeFolder(output, '-o');
  return overlayNames(images).map((name) => join(output, name));
}
