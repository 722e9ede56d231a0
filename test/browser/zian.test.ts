import { beforeAll, describe, expect, it } from 'vitest';
import { openFileSource } from '../../src/node/file-source.js';
import { readImageFile } from '../../src/node/images/decode.js';
import { type Localization, Zian } from '../../src/zian/zian.js';
import { testDevice } from '../support/device.js';
import { testPage } from './support.js';

const page = testPage();

const MODEL = '/models/fovea.safetensors';
const EXAMPLES = [
  'fundus-1.png',
  'fundus-2.jpg',
  'fundus-3.jpg',
  'fundus-4.jpg',
  'fundus-5.jpg',
  'fundus-6.jpg',
];
const path = (example: string): string => `/examples/${example}`;

/** Where Node finds the landmarks. */
const expected = new Map<string, Localization>();

beforeAll(async () => {
  const model = await openFileSource('models/fovea.safetensors');
  const zian = await Zian.load({ model, device: await testDevice() });
  for (const example of EXAMPLES)
    expected.set(example, await zian.localize(await readImageFile(`examples/${example}`)));
  zian.destroy();
  await model.close();
  expect((await page().call('loadModel', 'fovea', { path: MODEL })).error).toBeUndefined();
}, 300_000);

/** The numbers that a landmark is made of must be the same; the heat maps' values may differ by what floats do. */
function expectSame(got: Localization | undefined, example: string): void {
  const want = expected.get(example);
  if (!got || !want) throw new Error(`no result for ${example}`);
  const { landmark, coarse, network, rois } = want;
  expect(got).toMatchObject({ landmark, coarse, network, rois });
  expect(got.peak.fine).toBeCloseTo(want.peak.fine, 4);
  expect(got.margin.fine).toBeCloseTo(want.margin.fine, 4);
}

describe('the bundled fovea model in Chromium', () => {
  it('finds what Node finds in all examples, asked for at once', async () => {
    const results = await page().call('localizeAll', 'fovea', EXAMPLES.map(path));
    EXAMPLES.forEach((example, i) => {
      expectSame(results[i], example);
    });
  });

  const exact = [
    'blob',
    'image element',
    'ImageBitmap',
    'ImageData',
    'RGBA bytes',
    'canvas',
    'OffscreenCanvas',
    'VideoFrame',
    'texture, rgba',
    'texture, bgra',
    'buffer with padded rows',
  ];

  it.each(exact)('takes a picture as %s', async (kind) => {
    for (const example of ['fundus-1.png', 'fundus-2.jpg'])
      expectSame(await page().call('localizeAs', 'fovea', kind, path(example)), example);
  });

  it('takes a frame of a playing video, whose colours the browser has converted', async () => {
    const want = expected.get('fundus-2.jpg')?.landmark ?? { x: 0, y: 0 };
    const { landmark } = await page().call('localizeAs', 'fovea', 'video', path('fundus-2.jpg'));
    expect(Math.hypot(landmark.x - want.x, landmark.y - want.y)).toBeLessThan(10);
  });

  it('says what is wrong with a picture that it cannot take', async () => {
    const answers = await page().call('refusals', 'fovea', path('fundus-2.jpg'));
    for (const [what, answer] of Object.entries(answers))
      expect(`${what}: ${answer}`).toMatch(/: ZianError: .*\.$/);
    expect(answers).toMatchObject({
      'not an image': expect.stringContaining('cannot be decoded'),
      'missing element': expect.stringContaining('/images/missing.png cannot be decoded'),
      'closed bitmap': expect.stringContaining('0×0 pixels'),
      'bytes of another size': expect.stringContaining('needs 64 bytes'),
      'canvas without a context': expect.stringContaining('cannot be read'),
      'empty video': expect.stringContaining('no frame yet'),
      'texture of another format': expect.stringContaining('r32float'),
      'buffer that is too small': expect.stringContaining('does not hold 5×5'),
    });
    expectSame(await page().call('localizeAs', 'fovea', 'blob', path('fundus-2.jpg')), 'fundus-2.jpg');
  });

  it('gives up at once what is aborted, and does the rest', async () => {
    const { aborted, last } = await page().call('abortSome', 'fovea', path('fundus-2.jpg'));
    expect(aborted.map(({ error }) => error)).toEqual([
      'Error: not needed any more',
      expect.stringMatching(/^AbortError: /),
    ]);
    for (const { milliseconds } of aborted) expect(milliseconds).toBeLessThan(200);
    expectSame(last, 'fundus-2.jpg');
  });

  it('runs in a worker', async () => {
    const results = await page().call('inWorker', MODEL, path('fundus-2.jpg'));
    if ('error' in results) throw new Error(results.error);
    expect(results).toHaveLength(2);
    for (const result of results) expectSame(result, 'fundus-2.jpg');
  });

  it('has asked nobody but its own origin for anything', () => {
    const foreign = page().requests.filter(
      (url) => !url.startsWith(`${page().origin}/`) && !url.startsWith('blob:'),
    );
    expect(page().requests.length).toBeGreaterThan(10);
    expect(foreign).toEqual([]);
  });
});
