import { describe, expect, it } from 'vitest';
import { concatReference } from '../../src/kernels/concat/concat.ref.js';
import type { RefTensor } from '../../src/kernels/contract.js';
import { cropAndResizeReference } from '../../src/kernels/crop_and_resize/crop_and_resize.ref.js';
import { cropPositions } from '../../src/kernels/crop_and_resize/index.js';
import { multiplyReference } from '../../src/kernels/multiply/multiply.ref.js';
import { pixelShuffleReference } from '../../src/kernels/pixel_shuffle/pixel_shuffle.ref.js';
import { type ResizeMode, resizeTaps } from '../../src/kernels/resize/index.js';
import { resizeReference } from '../../src/kernels/resize/resize.ref.js';
import { sumReference } from '../../src/kernels/sum/sum.ref.js';
import { input, type KernelFixture, kernelFixtures, pairAttribute } from '../support/kernel-fixtures.js';
import { compare } from '../support/kernel-runner.js';

/** Values are copied, added or multiplied in float64 on both sides. */
const EXACT = { absolute: 0, relative: 0 };
/** PyTorch interpolates in float32: weights and up to four products of values below 2. */
const FLOAT32 = { absolute: 1e-6, relative: 0 };

const check = (
  op: string,
  tolerance: typeof EXACT,
  run: (fixture: KernelFixture) => Readonly<Record<string, RefTensor>>,
): void => {
  for (const fixture of kernelFixtures(op))
    it(fixture.name, () => {
      const { y } = run(fixture);
      if (!y) throw new Error('no output y');
      expect(compare(y, fixture.output, tolerance)).toBeUndefined();
    });
};

const table = (values: Float32Array, shape: readonly number[]): RefTensor => ({
  shape,
  data: Float64Array.from(values),
});

function resized(fixture: KernelFixture, mode: ResizeMode) {
  const x = input(fixture, 'input');
  const [, , h = 0, w = 0] = x.shape;
  const [height, width] = pairAttribute(fixture, 'size');
  const alignCorners = fixture.attributes.alignCorners === true;
  const taps = (from: number, to: number): RefTensor =>
    table(resizeTaps(from, to, mode, alignCorners), [to, 4]);
  return resizeReference(
    { x, columns: taps(w, width), rows: taps(h, height) },
    { mode, height, width, alignCorners },
  );
}

describe('references agree with PyTorch', () => {
  check('add', EXACT, (f) =>
    sumReference({ a: input(f, 'a'), b: input(f, 'b') }, { factors: [1, 1], activation: 'none' }),
  );
  check('mul', EXACT, (f) => multiplyReference({ a: input(f, 'a'), b: input(f, 'b') }, {}));
  check('concat', EXACT, (f) => {
    const parts = Object.keys(f.inputs).map((name, i) => [`${'abcd'[i]}`, input(f, name)]);
    return concatReference(Object.fromEntries(parts), { axis: Number(f.attributes.axis) });
  });
  check('pixel_shuffle', EXACT, (f) =>
    pixelShuffleReference({ x: input(f, 'input') }, { factor: Number(f.attributes.factor) }),
  );
  check('resize_nearest', EXACT, (f) => resized(f, 'nearest'));
  check('resize_bilinear', FLOAT32, (f) => resized(f, 'bilinear'));

  // HRNet's fuse layers: nearest upsampling by an integer is what a factor of `sum` does.
  for (const fixture of kernelFixtures('resize_nearest'))
    it(`as a factor of sum: ${fixture.name}`, () => {
      const a = input(fixture, 'input');
      const factor = pairAttribute(fixture, 'size')[0] / (a.shape[2] ?? 0);
      const { y } = sumReference({ a }, { factors: [factor], activation: 'none' });
      if (!y) throw new Error('no output y');
      expect(compare(y, fixture.output, EXACT)).toBeUndefined();
    });

  check('crop_and_resize', FLOAT32, (f) => {
    const image = input(f, 'input');
    const [, , h = 0, w = 0] = image.shape;
    const [x, y] = pairAttribute(f, 'center');
    const size = Number(f.attributes.size);
    const positions = (center: number, extent: number): RefTensor =>
      table(cropPositions({ centers: [center], size, scale: Number(f.attributes.scale), extent }), [1, size]);
    return cropAndResizeReference({ image, columns: positions(x, w), rows: positions(y, h) }, {});
  });
});
