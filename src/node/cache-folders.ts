import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Folders for what can be made again, the best first: the user's cache (`$XDG_CACHE_HOME` or `~/.cache`), then one in the
 * folder for temporary files.
 */
export function cacheFolders(): string[] {
  const { XDG_CACHE_HOME: xdg = '', HOME: home = homedir() } = process.env;
  const cache = isAbsolute(xdg) ? xdg : join(home, '.cache');
  // Everybody can write to the folder for temporary files: a folder per user there, whose owner is checked.
  return [join(cache, 'zian-webgpu'), join(tmpdir(), `zian-webgpu-${process.getuid?.()}`)];
}
