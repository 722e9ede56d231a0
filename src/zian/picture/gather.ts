import { BufferUsage } from '../../graph/flags.js';
import type { EngineDevice } from '../../graph/index.js';
import type { ImageSize } from '../coordinates.js';
import type { KeptPixels } from '../resize-source.js';
import bufferShader from './gather-buffer.wgsl';
import textureShader from './gather-texture.wgsl';

/** WebGPU's usage flags by value, as in `BufferUsage`. */
const TextureUsage = { COPY_DST: 0x2, TEXTURE_BINDING: 0x4, RENDER_ATTACHMENT: 0x10 } as const;

/** A piece of an image in a texture of its own. */
interface Tile {
  readonly x: number;
  readonly y: number;
  readonly size: ImageSize;
  readonly texture: GPUTexture;
}

/** Where the pixels lie in a buffer, in pixels. */
export interface BufferPixels {
  readonly buffer: GPUBuffer;
  readonly start: number;
  readonly pitch: number;
}

/** The kept indices from `from` up to `to`: position of the first, and how many. */
function range(kept: Uint32Array, from: number, to: number): readonly [first: number, count: number] {
  const first = kept.findIndex((index) => index >= from);
  if (first < 0) return [0, 0];
  const end = kept.findIndex((index) => index >= to);
  return [first, (end < 0 ? kept.length : end) - first];
}

/**
 * Brings the pixels that the preprocessing reads into one buffer, on the device. Nothing is read back, and all that it
 * makes on the way is freed by the time it returns: the work is submitted by then.
 */
export class PixelGatherer {
  readonly #gpu: GPUDevice;
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  constructor({ gpu }: EngineDevice) {
    this.#gpu = gpu;
  }

  /**
   * From what `copyExternalImageToTexture` takes. Images wider or higher than the device's textures go in tiles.
   * @throws DOMException (SecurityError) when a page must not read the image
   */
  external(source: GPUCopyExternalImageSource, { width, height }: ImageSize, kept: KeptPixels): GPUBuffer {
    const pixels = this.#result(kept);
    const side = this.#gpu.limits.maxTextureDimension2D;
    try {
      for (let y = 0; y < height; y += side)
        for (let x = 0; x < width; x += side) {
          const size = { width: Math.min(side, width - x), height: Math.min(side, height - y) };
          const texture = this.#gpu.createTexture({
            label: 'picture',
            size,
            format: 'rgba8unorm',
            usage: TextureUsage.TEXTURE_BINDING | TextureUsage.COPY_DST | TextureUsage.RENDER_ATTACHMENT,
          });
          try {
            this.#gpu.queue.copyExternalImageToTexture(
              { source, origin: [x, y] },
              { texture, colorSpace: 'srgb', premultipliedAlpha: false },
              size,
            );
            this.#fromTile({ x, y, size, texture }, kept, pixels);
          } finally {
            texture.destroy();
          }
        }
      return pixels;
    } catch (error) {
      pixels.destroy();
      throw error;
    }
  }

  texture(texture: GPUTexture, kept: KeptPixels): GPUBuffer {
    const pixels = this.#result(kept);
    this.#fromTile({ x: 0, y: 0, size: texture, texture }, kept, pixels);
    return pixels;
  }

  buffer({ buffer, start, pitch }: BufferPixels, kept: KeptPixels): GPUBuffer {
    const pixels = this.#result(kept);
    const count = [kept.columns.kept.length, kept.rows.kept.length] as const;
    this.#dispatch(bufferShader, [...count, start, pitch], count, { buffer }, kept, pixels);
    return pixels;
  }

  #fromTile({ x, y, size, texture }: Tile, { columns, rows }: KeptPixels, pixels: GPUBuffer): void {
    const [column, across] = range(columns.kept, x, x + size.width);
    const [row, down] = range(rows.kept, y, y + size.height);
    if (across === 0 || down === 0) return;
    const parameters = [column, row, across, down, x, y, columns.kept.length, 0];
    const view = texture.createView({ dimension: '2d', baseMipLevel: 0, mipLevelCount: 1 });
    this.#dispatch(textureShader, parameters, [across, down], view, { columns, rows }, pixels);
  }

  #result({ columns, rows }: KeptPixels): GPUBuffer {
    return this.#gpu.createBuffer({
      label: 'picture',
      size: Math.max(16, 4 * columns.kept.length * rows.kept.length),
      usage: BufferUsage.STORAGE | BufferUsage.COPY_SRC,
    });
  }

  #dispatch(
    code: string,
    parameters: readonly number[],
    [across, down]: readonly [number, number],
    picture: GPUBindingResource,
    { columns, rows }: KeptPixels,
    pixels: GPUBuffer,
  ): void {
    const pipeline = this.#pipeline(code);
    const made: GPUBuffer[] = [];
    const upload = (data: Uint32Array<ArrayBuffer>, usage: number): GPUBuffer => {
      const size = Math.max(16, data.byteLength);
      const buffer = this.#gpu.createBuffer({ label: 'picture', size, usage: usage | BufferUsage.COPY_DST });
      made.push(buffer);
      this.#gpu.queue.writeBuffer(buffer, 0, data);
      return buffer;
    };
    try {
      const resources: GPUBindingResource[] = [
        { buffer: upload(Uint32Array.from(parameters), BufferUsage.UNIFORM) },
        { buffer: upload(columns.kept, BufferUsage.STORAGE) },
        { buffer: upload(rows.kept, BufferUsage.STORAGE) },
        { buffer: pixels },
        picture,
      ];
      const encoder = this.#gpu.createCommandEncoder({ label: 'picture' });
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(
        0,
        this.#gpu.createBindGroup({
          layout: pipeline.getBindGroupLayout(0),
          entries: resources.map((resource, binding) => ({ binding, resource })),
        }),
      );
      pass.dispatchWorkgroups(Math.ceil(across / 8), Math.ceil(down / 8));
      pass.end();
      this.#gpu.queue.submit([encoder.finish()]);
    } finally {
      for (const buffer of made) buffer.destroy();
    }
  }

  /** Compiled on the spot, in a millisecond or so: a live source cannot wait. */
  #pipeline(code: string): GPUComputePipeline {
    let pipeline = this.#pipelines.get(code);
    if (!pipeline) {
      const module = this.#gpu.createShaderModule({ label: 'picture', code });
      pipeline = this.#gpu.createComputePipeline({ label: 'picture', layout: 'auto', compute: { module } });
      this.#pipelines.set(code, pipeline);
    }
    return pipeline;
  }
}
