import {
  type EngineDevice,
  type LoadProgress,
  requestDevice,
  Zian,
  type ZianOptions,
} from '../../../src/index.js';
import { pageDevice } from './device.js';

/** Models that tests have loaded, by names of theirs. */
const models = new Map<string, Zian>();

export function modelOf(id: string): Zian {
  const zian = models.get(id);
  if (!zian) throw new Error(`no model ${id} is loaded`);
  return zian;
}

/** What a test wants to be loaded. */
export interface LoadRequest {
  readonly path: string;
  /** What the library is given for the file. */
  readonly as?: 'url' | 'blob' | 'buffer' | 'bytes' | 'opfs';
  readonly sha256?: string;
  readonly cache?: boolean;
  /** A device of its own: requested by the library, or by the page, or a bare GPUDevice of the page's. */
  readonly device?: 'shared' | 'own' | 'given' | 'bare';
  readonly abortAt?: LoadProgress['stage'];
}

/** How it went. `error` is the error's name and message. */
export interface LoadReport {
  readonly stages: readonly string[];
  readonly bytes?: { readonly done: number; readonly total?: number };
  readonly error?: string;
  readonly milliseconds: number;
}

async function modelFile({ path, as = 'url' }: LoadRequest): Promise<ZianOptions['model']> {
  if (as === 'url') return path;
  const blob = await (await fetch(path)).blob();
  if (as === 'blob') return blob;
  if (as === 'buffer') return await blob.arrayBuffer();
  if (as === 'bytes') return new Uint8Array(await blob.arrayBuffer());
  const root = await navigator.storage.getDirectory();
  const handle = await root.getFileHandle('model.safetensors', { create: true });
  const writable = await handle.createWritable();
  await writable.write(blob);
  await writable.close();
  return handle;
}

const given = new Map<string, EngineDevice>();

async function deviceFor(
  id: string,
  kind: LoadRequest['device'],
): Promise<EngineDevice | GPUDevice | undefined> {
  if (kind === 'own') return undefined;
  if (kind === undefined || kind === 'shared') return await pageDevice();
  const device = await requestDevice();
  given.set(id, device);
  return kind === 'bare' ? device.gpu : device;
}

export const errorText = (error: unknown): string =>
  error instanceof Error || error instanceof DOMException ? `${error.name}: ${error.message}` : String(error);

export async function loadModel(id: string, request: LoadRequest): Promise<LoadReport> {
  const { sha256, cache, abortAt } = request;
  const stop = new AbortController();
  const stages: string[] = [];
  let bytes: LoadReport['bytes'];
  const device = await deviceFor(id, request.device);
  const model = await modelFile(request);
  const started = performance.now();
  let since = started;
  try {
    const zian = await Zian.load({
      model,
      signal: stop.signal,
      ...(device ? { device } : {}),
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(cache === undefined ? {} : { cache }),
      onProgress: (progress) => {
        if (stages.at(-1) !== progress.stage) stages.push(progress.stage);
        const { done, total } = progress;
        if (progress.stage === 'download') bytes = { done, ...(total === undefined ? {} : { total }) };
        if (progress.stage !== abortAt || stop.signal.aborted) return;
        since = performance.now();
        stop.abort();
      },
    });
    models.set(id, zian);
    return { stages, ...(bytes ? { bytes } : {}), milliseconds: performance.now() - started };
  } catch (error) {
    return {
      stages,
      ...(bytes ? { bytes } : {}),
      error: errorText(error),
      milliseconds: performance.now() - since,
    };
  }
}

/** @returns what became of the device that the model was on: whether it still computes */
export async function destroyModel(id: string): Promise<{ readonly deviceAlive: boolean }> {
  const zian = modelOf(id);
  const { device } = zian;
  zian.destroy();
  models.delete(id);
  const lost = await Promise.race([
    device.gpu.lost.then(() => true),
    device.gpu.queue.onSubmittedWorkDone().then(
      () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 100)),
      () => true,
    ),
  ]);
  given.get(id)?.destroy();
  given.delete(id);
  return { deviceAlive: !lost };
}

/** Names of what is kept of downloaded models. */
export const keptModels = async (name: string): Promise<readonly string[]> => {
  const store = await caches.open(name);
  return (await store.keys()).map(({ url }) => new URL(url).pathname);
};

export const dropKeptModels = (name: string): Promise<boolean> => caches.delete(name);
