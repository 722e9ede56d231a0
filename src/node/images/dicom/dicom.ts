import type { RgbaImage } from '../../../zian/image.js';
import { decodeJpegSamples, loadJpegCodec, rgbaOfSamples } from '../jpeg.js';
import { parseJpeg } from '../jpeg-structure.js';
import { type DicomHeader, damagedDicom, readDicomHeader } from './header.js';
import { unpackRle } from './rle.js';

/** Samples of 8 or 16 bits, and where each is: `step` from pixel to pixel, `plane` from channel to channel. */
interface Samples {
  readonly values: Uint8Array | Uint16Array;
  readonly step: number;
  readonly plane: number;
}

const clamp = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** DICOM's YBR_FULL, which is JPEG's YCbCr (PS3.3, C.7.6.3.1.2), to R, G, B in place of Y, Cb, Cr. */
function toRgb(rgba: Uint8Array): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const y = rgba[i] ?? 0;
    const cb = (rgba[i + 1] ?? 0) - 128;
    const cr = (rgba[i + 2] ?? 0) - 128;
    rgba[i] = clamp(y + 1.402 * cr);
    rgba[i + 1] = clamp(y - 0.344136 * cb - 0.714136 * cr);
    rgba[i + 2] = clamp(y + 1.772 * cb);
  }
}

/** Words of 16 bits, in the machine's own order, of planes of their high and low bytes. */
function wordsOfPlanes(planes: Uint8Array, pixels: number): Uint16Array {
  return Uint16Array.from({ length: pixels }, (_, i) => ((planes[i] ?? 0) << 8) | (planes[pixels + i] ?? 0));
}

function nativeWords(frame: Uint8Array, pixels: number, littleEndian: boolean): Uint16Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return Uint16Array.from({ length: pixels }, (_, i) => view.getUint16(2 * i, littleEndian));
}

function samplesOf(header: DicomHeader, name: string): Samples {
  const { width, height, samples, bitsAllocated, photometric, planar, coding, frame } = header;
  const pixels = width * height;
  const bytes = bitsAllocated / 8;
  if (coding === 'rle') {
    const planes = unpackRle(frame, samples * bytes, pixels);
    if (planes === undefined) throw damagedDicom(name, 'its run lengths do not give the image');
    return { values: bytes === 1 ? planes : wordsOfPlanes(planes, pixels), step: 1, plane: pixels };
  }
  const subsampled = photometric === 'YBR_FULL_422';
  const size = subsampled ? 2 * pixels : pixels * samples * bytes;
  if (frame.length < size)
    throw damagedDicom(name, `it has ${frame.length} bytes of pixels in place of ${size}`);
  if (subsampled) return { values: upsampled(frame, pixels), step: 3, plane: 1 };
  if (bytes === 2) return { values: nativeWords(frame, pixels, coding === 'native'), step: 1, plane: pixels };
  return planar ? { values: frame, step: 1, plane: pixels } : { values: frame, step: samples, plane: 1 };
}

/** YBR_FULL_422: two luminances, and the blue and red difference that both pixels share. */
function upsampled(frame: Uint8Array, pixels: number): Uint8Array {
  const values = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const pair = 4 * (i >> 1);
    values[3 * i] = frame[pair + (i & 1)] ?? 0;
    values[3 * i + 1] = frame[pair + 2] ?? 0;
    values[3 * i + 2] = frame[pair + 3] ?? 0;
  }
  return values;
}

/** What a stored sample becomes in each channel. Bits above those that are stored may be overlays, and do not count. */
function sampleTables({ bitsAllocated, bitsStored, photometric, palettes }: DicomHeader): Uint8Array[] {
  const mask = 2 ** bitsStored - 1;
  const table = (value: (sample: number) => number): Uint8Array =>
    Uint8Array.from({ length: 2 ** bitsAllocated }, (_, sample) => value(sample & mask));
  if (photometric === 'PALETTE COLOR')
    return palettes.map(({ first, entries }) =>
      table((sample) => entries[Math.min(Math.max(sample - first, 0), entries.length - 1)] ?? 0),
    );
  const inverted = photometric === 'MONOCHROME1' ? 255 : 0;
  const same = table((sample) => inverted ^ (sample >> (bitsStored - 8)));
  return [same, same, same];
}

async function fromJpeg(header: DicomHeader, name: string): Promise<RgbaImage> {
  const { frame, photometric, width, height, samples } = header;
  // The file's word counts where the JPEG has none.
  const colours = photometric === 'RGB' && !parseJpeg(frame, name).coloursSaid ? 'rgb' : undefined;
  const decoded = decodeJpegSamples(await loadJpegCodec(), frame, name, colours);
  if (decoded.width !== width || decoded.height !== height || decoded.channels !== samples)
    throw damagedDicom(
      name,
      `it should be ${width}×${height} pixels of ${samples} samples, and holds a JPEG of ${decoded.width}×${decoded.height} of ${decoded.channels}`,
    );
  const inverted = photometric === 'MONOCHROME1';
  return rgbaOfSamples(
    inverted ? { ...decoded, samples: decoded.samples.map((value) => 255 - value) } : decoded,
  );
}

/**
 * Decodes a DICOM file with one frame, such as an ophthalmic photograph: native, in run lengths, or as 8-bit JPEG. Grey, RGB,
 * YBR_FULL(_422) or a palette. Of more than 8 stored bits the highest 8 are taken; windows, rescaling, overlays and colour
 * profiles are ignored.
 *
 * @throws ZianError (input) when it is damaged, of a kind that is not supported, of several frames, over the size limit, or
 * `dicom-parser` is missing
 */
export async function decodeDicom(bytes: Uint8Array, name: string): Promise<RgbaImage> {
  const header = await readDicomHeader(bytes, name);
  if (header.coding === 'jpeg') return await fromJpeg(header, name);
  const { width, height, samples, photometric } = header;
  const { values, step, plane } = samplesOf(header, name);
  const tables = sampleTables(header);
  const data = new Uint8Array(4 * width * height).fill(255);
  for (const [c, table] of tables.entries()) {
    let from = samples === 3 ? c * plane : 0;
    for (let to = c; to < data.length; to += 4, from += step) data[to] = table[values[from] ?? 0] ?? 0;
  }
  if (photometric.startsWith('YBR')) toRgb(data);
  return { width, height, data };
}
