/** What a file's first bytes say it is. `pickle` covers PyTorch's non-zip format, which is a row of pickles. */
export type FileKind =
  | 'empty'
  | 'safetensors'
  | 'zip'
  | 'pickle'
  | 'html'
  | 'git-lfs'
  | 'tar'
  | 'png'
  | 'jpeg'
  | 'gzip'
  | 'hdf5'
  | 'json'
  | 'unknown';

/** How many bytes `fileKind` wants to see: a tar header's magic is at 257. */
export const FILE_KIND_BYTES = 512;

const startsWith = (head: Uint8Array, ...bytes: readonly number[]): boolean =>
  head.length >= bytes.length && bytes.every((byte, i) => head[i] === byte);

const ascii = (head: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...head.subarray(from, to));

/** PyTorch's magic number as the protocols 0 and 1 pickle it, which say no protocol. */
const LEGACY_MAGIC = 'L119547037146038801333356L\n.';

/** A header length below the format's cap, then the header's brace. */
const looksLikeSafetensors = (head: Uint8Array): boolean =>
  head.length > 8 && head[8] === 0x7b && head[5] === 0 && head[6] === 0 && head[7] === 0;

/** Tells a file apart by its first `FILE_KIND_BYTES` bytes (fewer where it is shorter). */
export function fileKind(head: Uint8Array): FileKind {
  if (head.length === 0) return 'empty';
  if (looksLikeSafetensors(head)) return 'safetensors';
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04) || startsWith(head, 0x50, 0x4b, 0x05, 0x06)) return 'zip';
  if (startsWith(head, 0x80) && (head[1] ?? 0xff) <= 5) return 'pickle';
  if (ascii(head, 0, LEGACY_MAGIC.length) === LEGACY_MAGIC) return 'pickle';
  if (startsWith(head, 0x89, 0x50, 0x4e, 0x47)) return 'png';
  if (startsWith(head, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (startsWith(head, 0x1f, 0x8b)) return 'gzip';
  if (startsWith(head, 0x89, 0x48, 0x44, 0x46)) return 'hdf5';
  if (ascii(head, 257, 262) === 'ustar') return 'tar';
  const text = ascii(head, 0, FILE_KIND_BYTES)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (text.startsWith('version https://git-lfs.github.com/')) return 'git-lfs';
  if (/^(<!doctype html|<html|<head|<\?xml|<!--)/i.test(text)) return 'html';
  if (text.startsWith('{"') || text.startsWith('[')) return 'json';
  return 'unknown';
}

const DESCRIPTIONS: Readonly<Record<FileKind, string>> = {
  empty: 'it is empty; copy or download it again',
  safetensors: 'it is a safetensors file',
  zip: 'it is a zip archive, as PyTorch writes checkpoints; convert it first with zian convert',
  pickle: 'it is a Python pickle, as PyTorch writes older checkpoints; convert it first with zian convert',
  html: 'it is an HTML page, so the download brought a web page instead of the file; download the file itself',
  'git-lfs':
    'it is a Git LFS pointer, not the file it points to; fetch the file with "git lfs pull" or download it',
  tar: 'it is a tar archive, as PyTorch before 0.1.10 wrote checkpoints; save it again with a newer PyTorch',
  png: 'it is a PNG image',
  jpeg: 'it is a JPEG image',
  gzip: 'it is compressed with gzip; unpack it first',
  hdf5: 'it is an HDF5 file, as Keras writes weights',
  json: 'it is JSON text',
  unknown: 'its first bytes are of no kind that is known here',
};

/** Half a sentence on what the file is and what to do, to put after "FILE is not …: ". */
export const describeFileKind = (kind: FileKind): string => DESCRIPTIONS[kind];
