import { open, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { inputError, ZianError } from '../errors.js';
import { printable } from '../printable.js';
import { parseCsv } from './csv.js';
import { DICOM_HEAD, isDicom } from './images/sniff.js';
import { readRegularFile } from './read-file.js';

/** An image that is to be read. */
export interface ImageEntry {
  readonly path: string;
  /** What tables call it: its path below the folder, or as it was given; parts are separated by `/`. */
  readonly name: string;
}

/** Images that were found, and what of the inputs gave none. */
export interface FoundImages {
  readonly images: readonly ImageEntry[];
  readonly problems: readonly ZianError[];
}

/** Endings of files that are taken from folders, beside DICOM files without one; a file that is named is tried whatever it is called. */
export const IMAGE_ENDINGS: readonly string[] = [
  '.png',
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.tif',
  '.tiff',
  '.dcm',
  '.dicom',
];

const isOverlay = (path: string): boolean => /\.overlay\.png$/i.test(path);

const isImageName = (path: string): boolean =>
  IMAGE_ENDINGS.includes(extname(path).toLowerCase()) && !isOverlay(path);

/** Names such as archives give DICOM files: none but an identifier of numbers, or no ending. A DICOMDIR is their index. */
const mayBeDicom = (path: string): boolean =>
  /^(\.\d*)?$/.test(extname(path)) && basename(path).toUpperCase() !== 'DICOMDIR';

async function looksLikeDicom(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(DICOM_HEAD), 0, DICOM_HEAD, 0);
      return isDicom(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    // What cannot be read here is no reason to stop: it was not named.
    return false;
  }
}

/** By code units, which every machine and language setting agrees about. */
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const slashes = (path: string): string => path.replaceAll('\\', '/');

async function inFolder(folder: string): Promise<ImageEntry[]> {
  const found = await glob('**/*', { cwd: folder, dot: false, expandDirectories: false });
  const names: string[] = [];
  for (const name of found.map(slashes).sort(byName)) {
    if (isImageName(name) || (mayBeDicom(name) && (await looksLikeDicom(join(folder, name)))))
      names.push(name);
  }
  if (names.length === 0)
    throw inputError(
      `${folder}: the folder has no images in it (${IMAGE_ENDINGS.join(', ')}, DICOM files without ending; hidden files and overlays are left out).`,
    );
  return names.map((name) => ({ path: join(folder, name), name }));
}

async function matching(pattern: string): Promise<ImageEntry[]> {
  const found = (await glob(slashes(pattern), { expandDirectories: false, absolute: isAbsolute(pattern) }))
    .map(slashes)
    .filter((path) => !isOverlay(path))
    .sort(byName);
  if (found.length === 0) throw inputError(`${pattern}: no file matches the pattern.`);
  return found.map((path) => ({ path, name: path }));
}

/** A million paths of 50 characters. */
const MAX_LIST_BYTES = 50e6;

/** Images of a list: a table with a column `path`, or plain text with a path per line. Paths are relative to the list. */
async function inList(list: string): Promise<ImageEntry[]> {
  const text = (await readRegularFile(list, MAX_LIST_BYTES, 'a list of images')).toString('utf8');
  let paths: readonly string[];
  if (/\.csv$/i.test(list)) {
    const [header = [], ...rows] = parseCsv(text, list);
    const column = header.findIndex((title) => title.trim().toLowerCase() === 'path');
    if (column === -1)
      throw inputError(
        `${list}: a list of images needs a column 'path'; its columns are ${header
          .slice(0, 12)
          .map((title) => `'${printable(title, 40)}'`)
          .join(', ')}.`,
      );
    paths = rows.map((row) => row[column]?.trim() ?? '');
  } else {
    paths = text
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .map((line) => line.trim());
  }
  const named = paths.filter((path) => path !== '');
  if (named.length === 0) throw inputError(`${list}: the list names no images.`);
  return named.map((path) => ({ path: resolve(dirname(list), path), name: slashes(path) }));
}

async function expand(input: string): Promise<ImageEntry[]> {
  const info = await stat(input).catch(() => undefined);
  if (info?.isDirectory()) return await inFolder(input);
  if (info !== undefined && /\.(csv|txt)$/i.test(input)) return await inList(input);
  if (info === undefined && isDynamicPattern(slashes(input))) return await matching(input);
  return [{ path: input, name: slashes(input) }];
}

/**
 * The images that paths, folders (with all folders in them), patterns such as `day-*\/*.jpg` and lists (.csv with a
 * column `path`, .txt) stand for. Folders and patterns are in the order of their names' code units, so that the same
 * files make the same list everywhere; a file that comes again is left out.
 */
export async function findImages(inputs: readonly string[]): Promise<FoundImages> {
  const images: ImageEntry[] = [];
  const problems: ZianError[] = [];
  const taken = new Set<string>();
  for (const input of inputs) {
    try {
      for (const entry of await expand(input)) {
        const whole = resolve(entry.path);
        if (!taken.has(whole)) images.push(entry);
        taken.add(whole);
      }
    } catch (error) {
      if (!(error instanceof ZianError)) throw error;
      problems.push(error);
    }
  }
  return { images, problems };
}

/**
 * What tables call the images: their file names where no two are alike, else their paths below the folder.
 * @returns a name for each image, no two alike
 */
export function tableNames(images: readonly ImageEntry[]): string[] {
  const choices = [
    images.map(({ name }) => basename(name)),
    images.map(({ name }) => name),
    images.map(({ path }) => slashes(resolve(path))),
  ];
  const unique = choices.find((names) => new Set(names).size === names.length);
  if (unique === undefined) throw new Error('no path comes twice');
  return unique;
}
