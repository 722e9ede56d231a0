import type { ImageSource, Localization } from '../../../src/index.js';
import { DECODE_OPTIONS } from '../../../src/web/decode.js';
import { errorText, modelOf } from './loading.js';
import { ResourceCount } from './resources.js';

async function fetchBlob(path: string): Promise<Blob> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.blob();
}

const bitmapOf = async (path: string): Promise<ImageBitmap> =>
  await createImageBitmap(await fetchBlob(path), DECODE_OPTIONS);

function drawn<T extends HTMLCanvasElement | OffscreenCanvas>(canvas: T, bitmap: ImageBitmap): T {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || !('drawImage' in context)) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  return canvas;
}

function imageData(bitmap: ImageBitmap): ImageData {
  const context = drawn(new OffscreenCanvas(bitmap.width, bitmap.height), bitmap).getContext('2d');
  if (!context) throw new Error('no canvas');
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

const element = (path: string): HTMLImageElement => {
  const image = new Image();
  image.src = path;
  return image;
};

/** A video element that plays a canvas, whose frames are converted by the browser. */
async function videoOf(bitmap: ImageBitmap): Promise<HTMLVideoElement> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = canvas.captureStream(10);
  const drawing = setInterval(() => drawn(canvas, bitmap), 50);
  await video.play();
  while (video.readyState < 2 || video.videoWidth === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  clearInterval(drawing);
  return video;
}

function textureOf(gpu: GPUDevice, bitmap: ImageBitmap, format: GPUTextureFormat): GPUTexture {
  const size = [bitmap.width, bitmap.height];
  const usage =
    GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
  const texture = gpu.createTexture({ size, format, usage });
  gpu.queue.copyExternalImageToTexture({ source: bitmap }, { texture }, size);
  return texture;
}

/** Each kind of source, and what makes one of a picture's path. What it returns is done with once the call is made. */
const KINDS: Readonly<Record<string, (path: string, gpu: GPUDevice) => Promise<ImageSource>>> = {
  blob: fetchBlob,
  'image element': async (path) => element(path),
  ImageBitmap: bitmapOf,
  ImageData: async (path) => imageData(await bitmapOf(path)),
  'RGBA bytes': async (path) => {
    const { width, height, data } = imageData(await bitmapOf(path));
    return { width, height, data: new Uint8Array(data.buffer) };
  },
  canvas: async (path) => {
    const bitmap = await bitmapOf(path);
    const canvas = document.createElement('canvas');
    return drawn(Object.assign(canvas, { width: bitmap.width, height: bitmap.height }), bitmap);
  },
  OffscreenCanvas: async (path) => {
    const bitmap = await bitmapOf(path);
    return drawn(new OffscreenCanvas(bitmap.width, bitmap.height), bitmap);
  },
  VideoFrame: async (path) => new VideoFrame(await bitmapOf(path), { timestamp: 0 }),
  video: async (path) => await videoOf(await bitmapOf(path)),
  'texture, rgba': async (path, gpu) => textureOf(gpu, await bitmapOf(path), 'rgba8unorm'),
  'texture, bgra': async (path, gpu) => textureOf(gpu, await bitmapOf(path), 'bgra8unorm'),
  'buffer with padded rows': async (path, gpu) => {
    const { width, height, data } = imageData(await bitmapOf(path));
    const [offset, bytesPerRow] = [256, 4 * width + 64];
    const buffer = gpu.createBuffer({
      size: offset + height * bytesPerRow,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    for (let y = 0; y < height; y++)
      gpu.queue.writeBuffer(buffer, offset + y * bytesPerRow, data, 4 * y * width, 4 * width);
    return { buffer, width, height, offset, bytesPerRow };
  },
};

export const sourceKinds = (): readonly string[] => Object.keys(KINDS);

/** Overwrites or closes what the library says it takes at the time of the call. */
function spoil(source: ImageSource): void {
  if ('arrayBuffer' in source || 'data' in source || 'naturalWidth' in source) return;
  if ('buffer' in source) source.buffer.destroy();
  else if ('createView' in source) source.destroy();
  else if ('close' in source) source.close();
  else if ('videoWidth' in source) source.srcObject = null;
  else source.width = 1;
}

/** Localises a picture given as this kind of source, which is spoilt as soon as the call is made. */
export async function localizeAs(id: string, kind: string, path: string): Promise<Localization> {
  const make = KINDS[kind];
  if (!make) throw new Error(`no kind ${kind}`);
  const zian = modelOf(id);
  const source = await make(path, zian.device.gpu);
  const result = zian.localize(source);
  spoil(source);
  return await result;
}

/** Localises several pictures at once. */
export async function localizeAll(id: string, paths: readonly string[]): Promise<Localization[]> {
  const zian = modelOf(id);
  const blobs = await Promise.all(paths.map(fetchBlob));
  return await Promise.all(blobs.map((blob) => zian.localize(blob)));
}

/** Localises raw RGBA bytes. */
export async function localizePixels(
  id: string,
  path: string,
  width: number,
  height: number,
  flipTest: boolean,
): Promise<Localization> {
  const data = new Uint8Array(await (await fetchBlob(path)).arrayBuffer());
  return await modelOf(id).localize({ width, height, data }, { flipTest });
}

/** What a call that cannot work is answered with. */
export async function refusals(id: string, path: string): Promise<Record<string, string>> {
  const zian = modelOf(id);
  const { gpu } = zian.device;
  const closed = await bitmapOf(path);
  closed.close();
  const wrongTexture = gpu.createTexture({
    size: [4, 4],
    format: 'r32float',
    usage: GPUTextureUsage.TEXTURE_BINDING,
  });
  const smallBuffer = gpu.createBuffer({ size: 64, usage: GPUBufferUsage.STORAGE });
  const attempts: Record<string, () => ImageSource> = {
    'not an image': () => new Blob(['no image'], { type: 'text/plain' }),
    'missing element': () => element('/images/missing.png'),
    'closed bitmap': () => closed,
    'bytes of another size': () => ({ width: 4, height: 4, data: new Uint8Array(5) }),
    'empty video': () => document.createElement('video'),
    'texture of another format': () => wrongTexture,
    'buffer that is too small': () => ({ buffer: smallBuffer, width: 5, height: 5 }),
    'canvas without a context': () => document.createElement('canvas'),
  };
  const answers: Record<string, string> = {};
  for (const [what, make] of Object.entries(attempts))
    answers[what] = await zian.localize(make()).then(() => 'nothing', errorText);
  return answers;
}

/** A canvas with a picture of another origin, which the page must not read. */
export async function refusalOfForeign(id: string, url: string): Promise<string> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return await modelOf(id)
    .localize(canvas)
    .then(() => 'a result', errorText);
}

/** Three calls at once of which the middle one, and the first while it runs, are aborted. */
export async function abortSome(id: string, path: string) {
  const zian = modelOf(id);
  const blob = await fetchBlob(path);
  const [first, second] = [new AbortController(), new AbortController()];
  const aborted: { error: string; milliseconds: number }[] = [];
  const attempt = (stop: AbortController): Promise<void> =>
    zian.localize(blob, { signal: stop.signal }).then(
      () => undefined,
      (error: unknown) =>
        void aborted.push({ error: errorText(error), milliseconds: performance.now() - since }),
    );
  let since = performance.now();
  const calls = [attempt(first), attempt(second)];
  const last = zian.localize(blob);
  await new Promise((resolve) => setTimeout(resolve, 50));
  since = performance.now();
  second.abort(new Error('not needed any more'));
  first.abort();
  await Promise.all(calls);
  return { aborted, last: await last };
}

/** Calls that wait when the model is destroyed. */
export async function destroyDuring(id: string, path: string): Promise<readonly string[]> {
  const zian = modelOf(id);
  const blob = await fetchBlob(path);
  const calls = [zian.localize(blob), zian.localize(await bitmapOf(path))];
  await new Promise((resolve) => setTimeout(resolve, 30));
  zian.destroy();
  calls.push(zian.localize(blob));
  return await Promise.all(calls.map((call) => call.then(() => 'a result', errorText)));
}

/** The device is lost while one call runs and another waits. */
export async function loseDevice(id: string, path: string): Promise<readonly string[]> {
  const zian = modelOf(id);
  const blob = await fetchBlob(path);
  const calls = [zian.localize(blob), zian.localize(blob)];
  await new Promise((resolve) => setTimeout(resolve, 30));
  const { device } = zian;
  device.gpu.destroy();
  const answers = await Promise.all(calls.map((call) => call.then(() => 'a result', errorText)));
  answers.push(await zian.localize(blob).then(() => 'a result', errorText));
  const { reason } = await device.lost;
  zian.destroy();
  return [...answers, reason];
}

/** GPU resources that are left over after each of several calls, with bitmaps, files, and calls that are aborted. */
export async function leftOver(id: string, path: string, times: number): Promise<readonly number[]> {
  const zian = modelOf(id);
  const counts: number[] = [];
  const resources = new ResourceCount(zian.device.gpu);
  try {
    for (let i = 0; i < times; i++) {
      const bitmap = await bitmapOf(path);
      const stop = new AbortController();
      const calls = [
        zian.localize(bitmap),
        zian.localize(bitmap, { signal: stop.signal }),
        zian.localize(await fetchBlob(path)),
      ];
      bitmap.close();
      stop.abort();
      await Promise.allSettled(calls);
      counts.push(resources.left.resources);
    }
  } finally {
    resources.end();
  }
  return counts;
}

/** Runs the library in a worker: loads a model there and localises a file and a bitmap of it. */
export async function inWorker(
  model: string,
  path: string,
): Promise<readonly Localization[] | { error: string }> {
  const worker = new Worker('/worker.js', { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ model, path });
    });
  } finally {
    worker.terminate();
  }
}
