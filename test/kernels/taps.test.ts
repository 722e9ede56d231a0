import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cropPositions } from '../../src/kernels/crop_and_resize/index.js';
import { type ResizeMode, resizeTaps } from '../../src/kernels/resize/index.js';

interface TapFixtures {
  readonly resizes: readonly {
    readonly mode: ResizeMode;
    readonly alignCorners: boolean;
    readonly source: number;
    readonly target: number;
    readonly sha256: string;
  }[];
  readonly crops: readonly {
    readonly center: number;
    readonly size: number;
    readonly scale: string;
    readonly extent: number;
    readonly sha256: string;
  }[];
}

const fixtures: TapFixtures = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/taps.json'), 'utf8'),
);

/** What test/reference/make_tap_fixtures.py hashes: the weight of every source pixel (row) in every sample (column). */
class WeightMatrix {
  readonly #values: Float32Array;
  readonly #sources: number;
  readonly #samples: number;

  constructor(sources: number, samples: number) {
    this.#values = new Float32Array(sources * samples);
    this.#sources = sources;
    this.#samples = samples;
  }

  add(source: number, sample: number, weight: number): void {
    if (source < 0 || source >= this.#sources) return;
    const i = source * this.#samples + sample;
    this.#values[i] = (this.#values[i] ?? 0) + weight;
  }

  digest(): string {
    return createHash('sha256').update(this.#values).digest('hex');
  }
}

/** "1.5", "1/4". */
function parseScale(text: string): number {
  const [numerator = Number.NaN, denominator = 1] = text.split('/').map(Number);
  return numerator / denominator;
}

describe("resize taps are PyTorch's, bit for bit", () => {
  it.each(fixtures.resizes)(
    '$mode $source to $target, align_corners $alignCorners',
    ({ mode, alignCorners, source, target, sha256 }) => {
      const taps = resizeTaps(source, target, mode, alignCorners);
      const weights = new WeightMatrix(source, target);
      for (let i = 0; i < target; i++) {
        const [lower = -1, upper = -1, weight = Number.NaN] = taps.subarray(4 * i);
        weights.add(lower, i, Math.fround(1 - weight));
        weights.add(upper, i, weight);
      }
      expect(weights.digest()).toBe(sha256);
    },
  );
});

describe("crop positions are PyTorch's, bit for bit", () => {
  it.each(fixtures.crops)(
    '$size samples around $center of $extent, scale $scale',
    ({ center, size, scale, extent, sha256 }) => {
      const positions = cropPositions({ centers: [center], size, scale: parseScale(scale), extent });
      const weights = new WeightMatrix(extent, size);
      positions.forEach((position, i) => {
        const lower = Math.floor(position);
        const weight = Math.fround(position - lower);
        weights.add(lower, i, Math.fround(1 - weight));
        weights.add(lower + 1, i, weight);
      });
      expect(weights.digest()).toBe(sha256);
    },
  );

  it('one row of the table per centre', () => {
    const axis = { size: 5, scale: 1.5, extent: 12 };
    const table = cropPositions({ ...axis, centers: [3, 8] });
    const second = cropPositions({ ...axis, centers: [8] });
    expect([...table.subarray(5)]).toEqual([...second]);
  });

  it('refuses an axis of one pixel, where the grid is not defined', () => {
    expect(() => cropPositions({ centers: [0], size: 4, scale: 1, extent: 1 })).toThrow(/1 pixel/);
  });
});
