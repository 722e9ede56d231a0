import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};

/** A file of the page as it is sent. */
export interface ServedFile {
  readonly bytes: Buffer;
  readonly type: string;
  /** Of the contents, for conditional requests. */
  readonly etag: string;
}

/** The path of a file inside `root` that a request's path means; undefined where it would lead out of it. */
export function resolvePath(root: string, urlPath: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0')) return undefined;
  const path = normalize(join(root, decoded.endsWith('/') ? `${decoded}index.html` : decoded));
  return path.startsWith(root + sep) ? path : undefined;
}

/** @returns undefined where there is no such file */
export async function readServed(root: string, urlPath: string): Promise<ServedFile | undefined> {
  const path = resolvePath(root, urlPath);
  if (path === undefined) return undefined;
  try {
    const bytes = await readFile(path);
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    return { bytes, type: TYPES[extname(path)] ?? 'application/octet-stream', etag };
  } catch {
    return undefined;
  }
}

/** The headers that the build wrote for static hosts: one block for all paths. */
export async function readHeaders(root: string): Promise<Record<string, string>> {
  const text = await readFile(join(root, '_headers'), 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith('  '));
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}
