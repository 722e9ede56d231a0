import { createHash, randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { deviceError } from '../errors.js';
import { cacheFolders } from './cache-folders.js';
import { untar } from './tar.js';
import { installedPackage, type PackageLocation } from './versions.js';

const PACKAGE = '@sparticuz/chromium';
const DRIVER = 'libvk_swiftshader.so';
const MANIFEST = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';
const FILES = [DRIVER, MANIFEST, LOADER] as const;
const CHECKSUMS = 'checksums.json';

/** The packaged SwiftShader, unpacked: absolute paths. */
export interface SwiftShader {
  /** Version of the npm package that it came from. */
  readonly version: string;
  /** The driver's manifest, as `VK_DRIVER_FILES` wants it. */
  readonly manifest: string;
  /** A Vulkan loader, for systems without one. */
  readonly loader: string;
}

/** Where the npm package keeps its archive, or why it cannot be used here. */
export type SwiftShaderPackage =
  | { readonly archive: string; readonly version: string }
  | { readonly unavailable: string };

/** Looks for the package without unpacking anything. */
export async function findSwiftShader(
  platform: string = `${process.platform}-${process.arch}`,
  find: (name: string) => Promise<PackageLocation | undefined> = installedPackage,
): Promise<SwiftShaderPackage> {
  if (platform !== 'linux-x64') {
    return { unavailable: `the packaged SwiftShader is for linux-x64, and this is ${platform}` };
  }
  const found = await find(PACKAGE);
  if (!found) return { unavailable: `the package ${PACKAGE} is not installed` };
  return { archive: join(found.root, 'bin', 'swiftshader.tar.br'), version: found.version };
}

/**
 * Unpacks SwiftShader into the user's cache (`$XDG_CACHE_HOME` or `~/.cache`, else the folder for temporary files),
 * or finds it there, whole. Files appear by rename, so that any number of processes may do this at once; one that is
 * missing, short or altered is replaced.
 * @throws ZianError (device) when the package is damaged or no folder can be written.
 */
export async function unpackSwiftShader(
  { archive, version }: { readonly archive: string; readonly version: string },
  folders: readonly string[] = cacheFolders(),
): Promise<SwiftShader> {
  const failures: string[] = [];
  let contents: Map<string, Uint8Array> | undefined;
  for (const base of folders) {
    const folder = join(base, `swiftshader-${version}`);
    if (await isWhole(folder)) return located(folder, version);
    contents ??= await readArchive(archive);
    try {
      await write(folder, contents);
      return located(folder, version);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw deviceError(
    `SwiftShader cannot be unpacked (${failures.join('; ')}); set XDG_CACHE_HOME to a folder that can be written.`,
  );
}

const located = (folder: string, version: string): SwiftShader => ({
  version,
  manifest: join(folder, MANIFEST),
  loader: join(folder, LOADER),
});

async function readArchive(archive: string): Promise<Map<string, Uint8Array>> {
  try {
    const files = untar(await promisify(brotliDecompress)(await readFile(archive)));
    for (const name of FILES) if (!files.has(name)) throw new Error(`it has no ${name}`);
    return files;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw deviceError(
      `SwiftShader's archive ${archive} is damaged (${why}); reinstall the package: npm install ${PACKAGE}`,
    );
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function write(folder: string, contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await makeFolder(folder);
  await assertOwn(dirname(folder));
  await assertOwn(folder);
  const sums: Record<string, string> = {};
  for (const name of FILES) {
    const bytes = contents.get(name) ?? new Uint8Array();
    await replace(join(folder, name), bytes);
    sums[name] = sha256(bytes);
  }
  await replace(join(folder, CHECKSUMS), Buffer.from(`${JSON.stringify(sums)}\n`));
}

/** Node's own `recursive` never ends where a file system takes no new folders at all, such as /proc. */
async function makeFolder(folder: string, parentsToo = true): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || !parentsToo) throw error;
    await makeFolder(dirname(folder));
    await makeFolder(folder, false);
  }
}

async function replace(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' });
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Native code is loaded from here, so nobody else may be able to put some there. */
async function assertOwn(folder: string): Promise<void> {
  const stats = await lstat(folder);
  if (!isOwn(stats)) throw new Error(`${folder} is not a folder that only this user can write`);
  await access(folder, constants.W_OK);
}

const isOwn = (stats: Stats): boolean =>
  stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & constants.S_IWOTH) === 0;

async function isWhole(folder: string): Promise<boolean> {
  try {
    if (!isOwn(await lstat(dirname(folder))) || !isOwn(await lstat(folder))) return false;
    const sums: unknown = JSON.parse(await readFile(join(folder, CHECKSUMS), 'utf8'));
    if (typeof sums !== 'object' || sums === null) return false;
    const known = new Map<string, unknown>(Object.entries(sums));
    for (const name of FILES) {
      if (known.get(name) !== sha256(await readFile(join(folder, name)))) return false;
    }
    return true;
  } catch {
    return false;
  }
}
