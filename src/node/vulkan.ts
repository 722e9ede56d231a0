import { existsSync, readdirSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { deviceError } from '../errors.js';
import type { SwiftShader } from './swiftshader.js';

/** Which Vulkan drivers an instance sees: the environment's, the packaged SwiftShader alone, or both. */
export type DriverSet = 'environment' | 'packaged' | 'both';

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables by which the Vulkan loader is told its drivers (the second is the first's older name). */
const DRIVER_VARIABLES = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES'] as const;

/** What has to change in the environment for a set of drivers to be seen; undefined removes a variable. */
export function driverVariables(drivers: DriverSet, packaged: SwiftShader | undefined): Variables {
  if (drivers === 'environment' || !packaged) return {};
  const { manifest } = packaged;
  if (drivers === 'both') return { VK_ADD_DRIVER_FILES: manifest };
  return { VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest, VK_ADD_DRIVER_FILES: undefined };
}

/**
 * Calls `fn` with changed environment variables. The loader reads them in the call that first asks an instance for
 * adapters, so nobody else sees the change: `fn` must do that without a pause.
 */
export function withVariables<T>(variables: Variables, fn: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(variables)) set(name, value);
  try {
    return fn();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

/**
 * Whether drivers are named in the environment or lie where the loader's documentation says that it looks. False
 * is a hint, not a proof: a loader may have been built to look elsewhere.
 */
export function driversInSight(env: Variables = process.env, exists = hasManifest): boolean {
  if (DRIVER_VARIABLES.some((name) => env[name])) return true;
  const home = env.HOME ?? homedir();
  const list = (value: string | undefined, otherwise: string): string[] =>
    (value || otherwise).split(delimiter);
  const roots = [
    env.XDG_CONFIG_HOME || join(home, '.config'),
    ...list(env.XDG_CONFIG_DIRS, '/etc/xdg'),
    '/etc',
    '/usr/local/etc',
    env.XDG_DATA_HOME || join(home, '.local/share'),
    ...list(env.XDG_DATA_DIRS, '/usr/local/share:/usr/share'),
    '/usr/local/share',
    '/usr/share',
    '/run/opengl-driver/share',
  ];
  return roots.some((root) => exists(join(root, 'vulkan', 'icd.d')));
}

function hasManifest(folder: string): boolean {
  try {
    return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json'));
  } catch {
    return false;
  }
}

const SONAME = 'libvulkan.so.1';

/** Whether the dynamic linker finds a Vulkan loader of the system's, or one that was loaded before. */
export function hasVulkanLoader(): boolean {
  return loadLibrary(SONAME, constants.dlopen.RTLD_LAZY) === undefined;
}

/**
 * Loads SwiftShader's Vulkan loader into the process for good, for systems that have none. It stays known under its
 * soname, which is what Dawn asks the dynamic linker for.
 * @throws ZianError (device) when it cannot be loaded.
 */
export function loadPackagedLoader({ loader }: SwiftShader): void {
  const RTLD_NODELETE = 0x1000;
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
  const failure = loadLibrary(loader, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  if (failure !== undefined) {
    throw deviceError(
      `The packaged Vulkan loader cannot be loaded (${failure}); install your distribution's (libvulkan1 or vulkan-loader).`,
    );
  }
}

/** Why a shared library cannot be loaded, or undefined. Node takes it for an add-on, and says that it is none. */
function loadLibrary(file: string, flags: number): string | undefined {
  try {
    process.dlopen({ exports: {} }, file, flags);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return /did not self-register/.test(message) ? undefined : message;
  }
}
