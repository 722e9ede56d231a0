import { decodeImage } from '../../../src/web/decode.js';
import { PixelGatherer } from '../../../src/zian/picture/gather.js';
import { pageDevice } from './device.js';

/** An image's size and the SHA-256 of its RGB bytes. */
export interface PixelDigest {
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}

async function download(path: string): Promise<Blob> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return await response.blob();
}

/** What arrives on the GPU of a picture of the browser's. */
async function gathered(bitmap: ImageBitmap): Promise<Uint8Array> {
  const device = await pageDevice();
  const { gpu } = device;
  const { width, height } = bitmap;
  const all = (length: number) => ({ kept: Uint32Array.from({ length }, (_, i) => i), taps: NO_TAPS });
  const kept = { columns: all(width), rows: all(height) };
  const buffer = new PixelGatherer(device).external(bitmap, { width, height }, kept);
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
  const staging = gpu.createBuffer({ size: buffer.size, usage });
  const encoder = gpu.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  gpu.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const rgba = new Uint8Array(staging.getMappedRange()).slice();
  for (const made of [buffer, staging]) made.destroy();
  bitmap.close();
  return rgba;
}

/** Decodes a file as `localize` does; pictures of the browser's go by way of the GPU. */
export async function pixelDigest(path: string): Promise<PixelDigest> {
  const decoded = await decodeImage(await download(path));
  const { width, height } = decoded;
  const rgba = 'data' in decoded ? decoded.data : await gathered(decoded);
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) rgb.set(rgba.subarray(4 * i, 4 * i + 3), 3 * i);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', rgb));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { width, height, sha256 };
}

const NO_TAPS = {
  lower: new Int32Array(),
  upper: new Int32Array(),
  lowerWeight: new Int32Array(),
  upperWeight: new Int32Array(),
};
