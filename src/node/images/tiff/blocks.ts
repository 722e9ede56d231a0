import { inflateSync } from 'node:zlib';
import { ZianError } from '../../../errors.js';
import { decodeJpegSamples, type JpegCodec, loadJpegCodec } from '../jpeg.js';
import { unpackLzw } from '../lzw.js';
import { unpackBits } from '../packbits.js';
import { Compression, damagedTiff, Photometric, type TiffLayout } from './layout.js';

/** Decompressed samples of a strip or tile. */
export interface TiffBlock {
  /** Row by row, of 8 or 16 bits in the machine's own byte order. */
  readonly samples: Uint8Array | Uint16Array;
  /** Samples per pixel in this block: all, or one where each has blocks of its own. */
  readonly channels: number;
}

const nativeLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** TIFF's differences between neighbours in a row (TIFF 6.0, section 14), undone in place, modulo the samples' range. */
function sumDifferences(samples: Uint8Array | Uint16Array, columns: number, channels: number): void {
  const row = columns * channels;
  for (let start = 0; start < samples.length; start += row) {
    const end = Math.min(start + row, samples.length);
    for (let i = start + channels; i < end; i++)
      samples[i] = (samples[i] ?? 0) + (samples[i - channels] ?? 0);
  }
}

/** Reads the blocks of one TIFF. */
export class TiffBlocks {
  readonly #layout: TiffLayout;
  readonly #bytes: Uint8Array;
  readonly #name: string;
  #codec: Promise<JpegCodec> | undefined;

  constructor(layout: TiffLayout, bytes: Uint8Array, name: string) {
    this.#layout = layout;
    this.#bytes = bytes;
    this.#name = name;
  }

  /**
   * @param index of the block in the file's list
   * @param rows of the block that are there: the last strip may be shorter
   * @throws ZianError (input) when the block is damaged or cut off
   */
  async read(index: number, rows: number): Promise<TiffBlock> {
    const { block, bits, samples, planar, compression, differences } = this.#layout;
    const channels = planar ? 1 : samples;
    const count = block.columns * rows * channels;
    const stored = this.#stored(index);
    if (compression === Compression.Jpeg)
      return { samples: await this.#jpeg(stored, rows, channels), channels };
    const whole = this.#decompress(stored, (count * bits) / 8);
    const values = bits === 8 ? whole : this.#words(whole);
    if (differences) sumDifferences(values, block.columns, channels);
    return { samples: values, channels };
  }

  #stored(index: number): Uint8Array {
    const { offsets, sizes } = this.#layout;
    const offset = offsets[index] ?? 0;
    return this.#bytes.subarray(offset, offset + (sizes[index] ?? 0));
  }

  /** A copy of `size` bytes. */
  #decompress(stored: Uint8Array, size: number): Uint8Array {
    const short = (have: number) =>
      damagedTiff(this.#name, `a piece of the image has ${have} bytes in place of ${size}`);
    try {
      switch (this.#layout.compression) {
        case Compression.None:
          return stored.slice(0, size);
        case Compression.PackBits: {
          const target = new Uint8Array(size);
          const have = unpackBits(stored, target);
          if (have < size) throw short(have);
          return target;
        }
        case Compression.Lzw: {
          const target = new Uint8Array(size);
          const have = unpackLzw(stored, target);
          if (have < size) throw short(have);
          return target;
        }
        default: {
          // Some writers pad the last rows; no more than that.
          const have = inflateSync(stored, { maxOutputLength: size + 65_536 });
          if (have.length < size) throw short(have.length);
          return new Uint8Array(have.buffer, have.byteOffset, size);
        }
      }
    } catch (error) {
      if (error instanceof ZianError) throw error;
      throw damagedTiff(this.#name, 'a piece of the image cannot be decompressed', error);
    }
  }

  #words(whole: Uint8Array): Uint16Array {
    const aligned = whole.byteOffset % 2 === 0 ? whole : whole.slice();
    if (this.#layout.littleEndian !== nativeLittleEndian)
      Buffer.from(aligned.buffer, aligned.byteOffset, aligned.byteLength).swap16();
    return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
  }

  async #jpeg(stored: Uint8Array, rows: number, channels: number): Promise<Uint8Array> {
    const { block, jpegTables, photometric } = this.#layout;
    this.#codec ??= loadJpegCodec();
    // Tables stand between SOI and EOI, as a stream of their own.
    const stream =
      jpegTables === undefined ? stored : Buffer.concat([jpegTables.subarray(0, -2), stored.subarray(2)]);
    const decoded = decodeJpegSamples(
      await this.#codec,
      stream,
      this.#name,
      photometric === Photometric.YCbCr ? 'ycbcr' : 'rgb',
    );
    if (decoded.width !== block.columns || decoded.height < rows || decoded.channels !== channels)
      throw damagedTiff(
        this.#name,
        `a piece of ${block.columns}×${rows} pixels holds a JPEG of ${decoded.width}×${decoded.height}`,
      );
    return decoded.samples;
  }
}
