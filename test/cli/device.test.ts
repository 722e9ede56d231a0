import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseReferenceName } from '../../src/cli/verify/reference-name.js';
import { decodeImage } from '../../src/node/images/decode.js';
import { encodePng } from '../../src/node/images/encode.js';
import { bytesSource, openSafetensors } from '../../src/weights/index.js';
import { readRun, runImage, runShapes, runTensorsPath, runWeights } from '../support/runs.js';
import { bundled, runScript } from './bundle.js';
import { testFolder, writeCheckpoint } from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);
const run = readRun('no-attention-age');
const reference = runTensorsPath(run.run);
const [width, height] = run.image_size;
const adapter = process.env.ZIAN_TEST_ADAPTER || 'software';
const main = bundled('src/cli/main.ts');
const zian = (...args: string[]) => runScript(main(), args);
const open = async (path: string) => openSafetensors(bytesSource(path, new Uint8Array(readFileSync(path))));

const model = at('model.safetensors');
const image = at('image.png');
const common = ['--adapter', adapter];

beforeAll(async () => {
  writeCheckpoint(at('model.pth'), runShapes(run), runWeights(run));
  writeFileSync(image, encodePng(runImage(run)));
  const sets: string[] = [];
  for (let i = 0; i < run.options.length; i += 2)
    sets.push('--set', `${run.options[i]}=${run.options[i + 1]}`);
  const { code, err } = await zian('convert', at('model.pth'), '--config', 'age', ...sets, '-o', model);
  if (code !== 0) throw new Error(err);
});

const xy = ([x, y]: readonly [number, number]) => ({ x, y });

describe('zian, from checkpoint to landmark', () => {
  it("prints PyTorch's landmark, nothing else on either stream, and dumps every stage of the reference", async () => {
    const dump = at('stages.safetensors');
    const ran = await zian('localize', image, '-m', model, '--json', '--dump', dump, ...common);
    expect(ran).toMatchObject({ code: 0, err: '' });
    const { lr, hr } = run.predictions;
    expect(JSON.parse(ran.out)).toMatchObject({
      image,
      width,
      height,
      landmark: xy(hr.image_xy),
      coarse: xy(lr.image_xy),
      network: {
        coarse: xy(run.coarse_peak.argmax_f32.xy),
        roiCenter: xy(lr.crop_xy),
        fine: xy(run.fine_peak.argmax_f32.xy),
        landmark: xy(hr.crop_xy),
      },
    });
    const names = [...(await open(reference)).tensors.keys()].map((key) => parseReferenceName(key).stage);
    const dumped = new Set((await open(dump)).tensors.keys());
    expect(names.filter((name) => !dumped.has(name))).toEqual([]);
  });

  it('averages with the mirrored image, writes an overlay, and goes on after a bad image', async () => {
    writeFileSync(at('bad.png'), readFileSync(image).subarray(0, 5000));
    const overlays = at('overlays');
    const ran = await zian(
      ...['localize', at('bad.png'), image, '-m', model, '--json', '--flip-test', '-o', overlays, ...common],
    );
    expect(ran.code).toBe(3);
    expect(ran.err).toMatch(/^error: [^\n]*bad\.png[^\n]*\n$/);
    const { lr, hr } = run.predictions_flip_test;
    expect(JSON.parse(ran.out)).toMatchObject({ image, landmark: xy(hr.image_xy), coarse: xy(lr.image_xy) });
    expect(readdirSync(overlays)).toEqual(['image.overlay.png']);
    const path = join(overlays, 'image.overlay.png');
    const overlay = await decodeImage(new Uint8Array(readFileSync(path)), path);
    expect(overlay.width).toBeGreaterThanOrEqual(420);
  });

  it('verifies itself against the recorded run', async () => {
    const good = await zian('verify', model, reference, '--image', image, ...common);
    expect(good.err).toBe('');
    expect(good.out).toMatch(/^PASS: (\d+) of \1 stages within their tolerance, 6 of 6 points agree/m);
    expect(good.out).not.toContain('not compared');
    expect(good.code).toBe(0);
  });

  it('ends with 2 for an adapter that is not there', async () => {
    const unknown = await zian('localize', image, '-m', model, '--adapter', 'no such adapter');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toMatch(/^error: [^\n]*no such adapter[^\n]*\n$/);
  });

  // Only there does a variable decide which drivers are seen.
  it.runIf(process.platform === 'linux')(
    'ends with 4 where hardware or half precision is missing, or falls back',
    async () => {
      const nothing = { VK_DRIVER_FILES: at('none.json'), VK_ICD_FILENAMES: at('none.json') };
      const none = await runScript(
        main(),
        ['localize', image, '-m', model, '--adapter', 'hardware'],
        nothing,
      );
      expect(none).toMatchObject({ code: 4, out: '' });
      expect(none.err).toMatch(/error: No hardware adapter was found[^\n]*\n$/);
      const half = ['localize', image, '-m', model, '--adapter', 'software', '--dtype', 'f16'];
      const single = await runScript(main(), half, nothing);
      expect(single).toMatchObject({ code: 4, out: '' });
      expect(single.err).toMatch(/^error: [^\n]*SwiftShader[^\n]*shader-f16[^\n]*\n$/);
      const fallback = await runScript(main(), ['localize', image, '-m', model], nothing);
      expect(fallback.code).toBe(0);
      expect(fallback.err).toMatch(/Computing on the CPU with SwiftShader[^\n]*\n$/);
    },
  );
});
