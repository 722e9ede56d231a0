import { applyOrientation } from '../../../images/orientation.js';
import type { RgbaImage } from '../../../zian/image.js';
import { TiffBlocks } from './blocks.js';
import { Photometric, readTiffLayout, type TiffLayout } from './layout.js';

/** What a stored sample becomes in each of the channels R, G, B. */
type ToBytes = readonly [red: Uint8Array, green: Uint8Array, blue: Uint8Array];

const table = (size: number, value: (sample: number) => number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, sample) => value(sample));

/**
 * As libtiff's interface for pictures, which OpenCV uses, makes 8 bits of samples: grey drops the low byte, colours are
 * rounded (tif_getimage.c, `Bitdepth16To8`), a palette with 8-bit values is taken as it is.
 */
function toBytes({ bits, photometric, palette }: TiffLayout): ToBytes {
  const size = 2 ** bits;
  if (photometric === Photometric.Palette) {
    const shift = palette.every((value) => value < 256) ? 0 : 8;
    const channel = (first: number) => table(size, (sample) => (palette[first + sample] ?? 0) >> shift);
    return [channel(0), channel(256), channel(512)];
  }
  const grey = (sample: number) => (bits === 8 ? sample : sample >> 8);
  const colour = (sample: number) => (bits === 8 ? sample : Math.floor((sample + 128) / 257));
  const same =
    photometric === Photometric.WhiteIsZero
      ? table(size, (sample) => 255 - grey(sample))
      : table(size, photometric === Photometric.BlackIsZero ? grey : colour);
  return [same, same, same];
}

/** Multiplies colours by an alpha in the fourth byte, as libtiff does where that has not been done, and drops it. */
function dropAlpha(data: Uint8Array, multiply: boolean): void {
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] ?? 0;
    for (let c = i; multiply && c < i + 3; c++) data[c] = Math.floor(((data[c] ?? 0) * alpha + 127) / 255);
    data[i + 3] = 255;
  }
}

/**
 * Decodes a TIFF's first page to what `cv2.imread` gives (in RGB order), its orientation applied. Grey, RGB, palette, and
 * JPEG's YCbCr; 8 or 16 bits; strips or tiles; none, LZW, Deflate, PackBits or JPEG compression.
 *
 * @throws ZianError (input) when it is damaged, of a kind that is not supported, or over the size limit
 */
export async function decodeTiff(bytes: Uint8Array, name: string): Promise<RgbaImage> {
  const layout = readTiffLayout(bytes, name);
  const { width, height, block, planar, samples, photometric } = layout;
  const blocks = new TiffBlocks(layout, bytes, name);
  const tables = toBytes(layout);
  const [red] = tables;
  const data = new Uint8Array(4 * width * height).fill(255);
  const grey = photometric !== Photometric.Rgb && photometric !== Photometric.YCbCr;
  const across = Math.ceil(width / block.columns);
  const perPlane = across * Math.ceil(height / block.rows);
  for (let index = 0; index < perPlane * (planar ? samples : 1); index++) {
    const plane = Math.floor(index / perPlane);
    const left = (index % across) * block.columns;
    const top = Math.floor((index % perPlane) / across) * block.rows;
    const rows = Math.min(block.rows, height - top);
    const columns = Math.min(block.columns, width - left);
    const { samples: values, channels } = await blocks.read(index, block.tiled ? block.rows : rows);
    for (let y = 0; y < rows; y++) {
      let from = y * block.columns * channels;
      let to = 4 * ((top + y) * width + left);
      for (let x = 0; x < columns; x++, from += channels, to += 4) {
        if (planar) data[to + plane] = red[values[from] ?? 0] ?? 0;
        else if (grey) for (let c = 0; c < 3; c++) data[to + c] = tables[c]?.[values[from] ?? 0] ?? 0;
        else for (let c = 0; c < channels; c++) data[to + c] = red[values[from + c] ?? 0] ?? 0;
      }
    }
  }
  if (samples === 4) dropAlpha(data, layout.unassociatedAlpha);
  return applyOrientation({ width, height, data }, layout.orientation);
}
