import { deviceError, ZianError } from '../errors.js';
import { findSwiftShader, type SwiftShader, unpackSwiftShader } from './swiftshader.js';
import {
  type DriverSet,
  driverVariables,
  hasVulkanLoader,
  loadPackagedLoader,
  withVariables,
} from './vulkan.js';

type Dawn = typeof import('webgpu');

/** Dawn rounds timestamps for the web's sake; a profiler in Node wants them as they are. */
const OPTIONS = ['disable-dawn-features=timestamp_quantization'];

/**
 * The environment may name another backend for Dawn (`DAWNNODE_BACKEND`; SwiftShader is Vulkan's), and more of its features
 * (`ZIAN_DAWN_FEATURES`): `allow_unsafe_apis` is what its experiments need, subgroup matrices among them.
 */
function optionsFor(drivers: DriverSet): string[] {
  const { ZIAN_DAWN_FEATURES: features = '' } = process.env;
  return [
    ...OPTIONS,
    ...(features === '' ? [] : [`enable-dawn-features=${features}`]),
    ...(drivers === 'packaged' ? ['backend=vulkan'] : []),
  ];
}

/** An adapter's name that no adapter has: Dawn answers with the list of those that it has. */
const NO_ADAPTER = '\u0001';

/**
 * Every instance of Dawn made so far, by the drivers that it sees and the adapter that it was made for. They must
 * never be collected: an instance that is takes the process with it. One that is kept does not keep a process alive.
 */
const instances = new Map<string, GPU>();

/** SwiftShader, unpacked, or why there is none to be had. */
export type PackagedSwiftShader = SwiftShader | { readonly unavailable: string };

let packaged: Promise<PackagedSwiftShader> | undefined;

/** The packaged SwiftShader, unpacked on first use. A failure is not remembered. */
export function packagedSwiftShader(): Promise<PackagedSwiftShader> {
  packaged ??= unpackFound().catch((error: unknown) => {
    packaged = undefined;
    throw error;
  });
  return packaged;
}

async function unpackFound(): Promise<PackagedSwiftShader> {
  const found = await findSwiftShader();
  return 'unavailable' in found ? found : await unpackSwiftShader(found);
}

/**
 * Loads Dawn's Node bindings.
 * @throws ZianError (device) when they are not installed or do not run here.
 */
export async function loadDawn(load: () => Promise<Dawn> = () => import('webgpu')): Promise<Dawn> {
  try {
    return await load();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    throw deviceError(
      missing
        ? "The package 'webgpu' (WebGPU for Node) is not installed; install it beside zian-webgpu: npm install webgpu"
        : `The package 'webgpu' (WebGPU for Node) does not load on ${process.platform}-${process.arch}: ${message.replace(/\s+/g, ' ')}`,
      { cause: error },
    );
  }
}

export interface ListedAdapter {
  readonly backend: string;
  readonly name: string;
}

/**
 * What an instance with these drivers lists, fastest first by Dawn's own order; identical adapters once.
 * @throws ZianError (device) when Dawn is not there, or does not understand its environment variables.
 */
export async function listedAdapters(drivers: DriverSet): Promise<ListedAdapter[]> {
  try {
    await requestAdapter(drivers, NO_ADAPTER);
    return [];
  } catch (error) {
    if (error instanceof ZianError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const listed = new Map<string, ListedAdapter>();
    for (const [, backend = '', name = ''] of message.matchAll(/^ \* backend: '([^']*)', name: '(.*)'$/gm)) {
      listed.set(name, { backend, name });
    }
    if (listed.size === 0) throw deviceError(`Dawn finds no adapters: ${message.replace(/\s+/g, ' ')}`);
    return [...listed.values()];
  }
}

/**
 * A fresh adapter (a device request consumes it), or null where there is none.
 * @param name as `listedAdapters` gave it
 * @throws ZianError (device) when Dawn is not there; Error when it has adapters, but none of that name.
 */
export async function requestAdapter(drivers: DriverSet, name: string): Promise<GPUAdapter | null> {
  const dawn = await loadDawn();
  const found = process.platform === 'linux' ? await prepareVulkan(drivers) : undefined;
  return await withVariables(driverVariables(drivers, found), () => {
    const key = `${drivers} ${name}`;
    const instance = instances.get(key) ?? dawn.create([...optionsFor(drivers), `adapter=${name}`]);
    instances.set(key, instance);
    return instance.requestAdapter({ powerPreference: 'high-performance' });
  });
}

/** Sees to it that a Vulkan loader is there, and that SwiftShader is where it is asked for. */
async function prepareVulkan(drivers: DriverSet): Promise<SwiftShader | undefined> {
  const needsLoader = !hasVulkanLoader();
  if (drivers === 'environment' && !needsLoader) return undefined;
  const found = await packagedSwiftShader();
  if ('unavailable' in found) return undefined;
  if (needsLoader) loadPackagedLoader(found);
  return found;
}
