import { inputError, type ZianError } from '../../errors.js';

/** What a frame header says of one component. */
export interface JpegComponent {
  readonly id: number;
  /** Sampling factors. */
  readonly h: number;
  readonly v: number;
}

/** The frame, as far as it decides what decoding costs. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly arithmetic: boolean;
  readonly components: readonly JpegComponent[];
}

/** One scan's header. */
export interface JpegScan {
  /** Indices into the frame's components. */
  readonly components: readonly number[];
  /** First coefficient of those that it brings. */
  readonly first: number;
}

/**
 * Blocks of 8×8 that all scans together may go over: each is read, if only to find that nothing is new. 100 megapixels in
 * the ten scans that encoders write are 25 million.
 */
const MAX_BLOCKS = 64e6;

/** Blocks of each component. */
function blocksOf({ width, height, components }: JpegFrame): number[] {
  const most = { h: Math.max(...components.map(({ h }) => h)), v: Math.max(...components.map(({ v }) => v)) };
  const along = (size: number, factor: number, largest: number): number =>
    Math.ceil(Math.ceil((size * factor) / largest) / 8);
  return components.map(({ h, v }) => along(width, h, most.h) * along(height, v, most.v));
}

/**
 * What decoding costs, told from headers and the lengths of scans: a decoder takes memory for all pixels first, and notices
 * later that there are no data for them.
 */
export class JpegWork {
  readonly #frame: JpegFrame;
  readonly #blocks: readonly number[];
  readonly #name: string;
  #total = 0;

  constructor(frame: JpegFrame, name: string) {
    this.#frame = frame;
    this.#blocks = blocksOf(frame);
    this.#name = name;
  }

  /**
   * Accounts for a scan of so many entropy-coded bytes.
   * @throws ZianError (input) where these cannot bring its blocks, or all scans are more work than any image needs
   */
  add({ components, first }: JpegScan, bytes: number): void {
    const blocks = components.reduce((sum, i) => sum + (this.#blocks[i] ?? 0), 0);
    this.#total += blocks;
    if (this.#total > MAX_BLOCKS) throw this.#refused('its scans go over its pixels too often');
    if (8 * bytes < blocks * this.#leastBits(first)) {
      const { width, height } = this.#frame;
      throw inputError(
        `${this.#name}: the JPEG is truncated: ${bytes} bytes of image data cannot fill ${width}×${height} pixels; copy it again.`,
      );
    }
  }

  /** A Huffman code has a bit or more: a block of a sequential scan takes two codes, of a first progressive one a code. */
  #leastBits(first: number): number {
    if (this.#frame.arithmetic) return 0;
    return this.#frame.progressive ? (first === 0 ? 1 : 0) : 2;
  }

  #refused(why: string): ZianError {
    return inputError(`${this.#name}: the JPEG is refused, because ${why}; save it again as a common JPEG.`);
  }
}
