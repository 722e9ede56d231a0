/** A file that was dropped, pasted or picked. */
export interface PickedFile {
  /** With its folder, where it came from one. */
  readonly path: string;
  readonly file: File;
}

/** Deeper folders than this are not looked into. */
const DEEPEST = 8;

const readEntries = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function walk(entry: FileSystemEntry, depth: number): Promise<PickedFile[]> {
  if (isFile(entry)) return [{ path: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry) }];
  if (!isFolder(entry) || depth >= DEEPEST) return [];
  const reader = entry.createReader();
  const found: PickedFile[] = [];
  // A reader gives its entries in batches, and an empty one at the end.
  for (let batch = await readEntries(reader); batch.length > 0; batch = await readEntries(reader))
    for (const child of batch) found.push(...(await walk(child, depth + 1)));
  return found;
}

const byPath = (a: PickedFile, b: PickedFile): number =>
  a.path.localeCompare(b.path, 'en', { numeric: true });

/** The files in a drop, folders and all. Must be called while the event is being handled. */
export async function droppedFiles({ items, files }: DataTransfer): Promise<PickedFile[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return pickedFiles(files);
  const found = await Promise.all(entries.map((entry) => walk(entry, 0)));
  return found.flat().sort(byPath);
}

/** The files of an input element or a clipboard. */
export const pickedFiles = (files: FileList): PickedFile[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })).sort(byPath);

const MODEL = /\.(safetensors|pth|pt|tar|bin)$/i;
const PICTURE = /\.(png|jpe?g|jfif|webp|avif|gif|bmp|ico)$/i;

export const isModel = ({ path }: PickedFile): boolean => MODEL.test(path);

/** By its type, or by its name where the system knows no type. */
export const isPicture = ({ path, file }: PickedFile): boolean =>
  file.type.startsWith('image/') || PICTURE.test(path);
