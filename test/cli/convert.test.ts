import { copyFileSync, existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesSource, openSafetensors } from '../../src/weights/index.js';
import { PRESETS } from '../../src/zian/config.js';
import { parseModelMetadata } from '../../src/zian/model-file.js';
import { createSha256 } from '../../tools/convert-weights/index.js';
import { fixturePath } from '../convert/fixtures.js';
import { stateDictShapes } from '../support/state-dict.js';
import {
  NARROW,
  NARROW_YAML,
  narrowWeights,
  testFolder,
  writeCheckpoint,
  writeNarrowCheckpoint,
  zian,
} from './support.js';

const folder = testFolder();
const at = (name: string): string => join(folder, name);
const checkpoint = at('model.pth');
const yaml = at('experiment.yaml');

beforeAll(() => {
  writeNarrowCheckpoint(checkpoint);
  writeFileSync(yaml, NARROW_YAML);
});

const opened = async (path: string) => openSafetensors(bytesSource(path, new Uint8Array(readFileSync(path))));

/** One line on stderr, no stack, nothing on stdout, and no new file in the folder. */
async function refused(args: readonly string[], code: number, message: RegExp): Promise<void> {
  const before = readdirSync(folder);
  const run = await zian(['convert', ...args]);
  expect(run.err).toMatch(message);
  expect(run).toMatchObject({ code, out: '' });
  expect(run.err).toMatch(/^error: [^\n]+\n$/);
  expect(run.err).not.toMatch(/\n\s+at /);
  expect(readdirSync(folder)).toEqual(before);
}

describe('zian convert', () => {
  it('keeps a notice in the model file', async () => {
    const output = at('with-notice.safetensors');
    const args = [
      'convert',
      checkpoint,
      '--config',
      yaml,
      '--notice',
      'for demonstration only',
      '-o',
      output,
    ];
    expect((await zian(args)).code).toBe(0);
    expect(parseModelMetadata((await opened(output)).metadata, output).notice).toBe('for demonstration only');
  });

  it('writes the needed tensors and describes them', async () => {
    const output = at('model.safetensors');
    const run = await zian(['convert', checkpoint, '--config', yaml, '-o', output]);
    expect(run).toMatchObject({ code: 0, err: '' });
    const file = await opened(output);
    const model = parseModelMetadata(file.metadata, output);
    expect(model).toMatchObject({ dtype: 'f32', converterVersion: '1.2.3-test' });
    expect(model.config).toMatchObject({
      ...PRESETS.refuge,
      imageSize: [136, 136],
      cropSize: [128, 128],
      regionRadius: 16,
      dsFactor: 2,
    });
    expect(model.notice).toBeUndefined();
    const hash = createSha256();
    hash.update(readFileSync(checkpoint));
    expect(model.checkpointSha256).toBe(hash.digestHex());

    const unused = /num_batches_tracked$|^main_classifier/;
    const wanted = [...stateDictShapes(NARROW)].filter(([name]) => !unused.test(name));
    expect(new Map([...file.tensors].map(([name, { shape }]) => [name, shape]))).toEqual(new Map(wanted));
    const weights = narrowWeights();
    for (const [name] of wanted) expect(await file.readFloat32(name)).toEqual(weights.get(name));

    expect(run.out).toContain(
      'HRNet 6-12-20-36, 2 regions, gated co-attention, self-attention by 10 attractors',
    );
    expect(run.out).toContain('refuge, image 136x136, crop 128x128, coarse stage at 1/2, regions 32x32');
    // What the recorded run counts, without the two classifiers that are not used (2 features and a bias each).
    expect(run.out).toContain(`${(208_914 - 6).toLocaleString('en-US')} parameters`);
    expect(run.out).toContain(model.checkpointSha256);
  });

  it('gives the same bytes for the same checkpoint, and is silent when told to', async () => {
    const paths = [at('once.safetensors'), at('again.safetensors')];
    for (const path of paths) {
      const run = await zian(['convert', checkpoint, '--config', yaml, '-o', path, '--quiet']);
      expect(run).toEqual({ code: 0, out: '', err: '' });
    }
    const [once, again] = paths.map((path) => readFileSync(path));
    expect(once?.equals(again ?? Buffer.alloc(0))).toBe(true);
  });

  it('stores float16, and applies settings in order', async () => {
    const output = at('half.safetensors');
    const settings = ['MODEL.REGION_RADIUS=64', 'MODEL.REGION_RADIUS=32', 'TEST.FLIP_TEST=True'];
    const sets = settings.flatMap((setting) => ['--set', setting]);
    const run = await zian([
      'convert',
      checkpoint,
      '--config',
      yaml,
      ...sets,
      '--dtype',
      'f16',
      '-o',
      output,
    ]);
    expect(run.code).toBe(0);
    const file = await opened(output);
    expect(new Set([...file.tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(['F16']));
    const { config, dtype } = parseModelMetadata(file.metadata, output);
    expect({ dtype, radius: config.regionRadius, flip: config.flipTest }).toEqual({
      dtype: 'f16',
      radius: 32,
      flip: true,
    });
  });

  it('lists everything that is wrong with the tensors at once, and writes nothing', async () => {
    const shapes = stateDictShapes(NARROW);
    const weights = narrowWeights();
    shapes.delete('bnf.bias');
    shapes.set('surprise', [2]);
    weights.set('surprise', new Float32Array(2));
    shapes.set('heatmap_ds.0.bias', [3]);
    weights.set('heatmap_ds.0.bias', new Float32Array(3));
    const path = at('different.pth');
    writeCheckpoint(path, shapes, weights);
    const args = [path, '--config', yaml, '--set', 'MODEL.CO_ATTEN=False', '-o', at('no.safetensors')];
    await refused(args, 3, /(?=.*MODEL\.CO_ATTEN)(?=.*bnf\.bias)(?=.*surprise)(?=.*heatmap_ds\.0\.bias)/);
  });

  it('names a weight that is not finite, and leaves no half of a file', async () => {
    const weights = narrowWeights();
    const values = weights.get('convf.weight');
    if (values === undefined) throw new Error('no convf.weight');
    values[7] = Number.NaN;
    const path = at('nan.pth');
    writeCheckpoint(path, stateDictShapes(NARROW), weights);
    await refused([path, '--config', yaml, '-o', at('no.safetensors')], 3, /convf\.weight.*NaN/);
  });

  it.each([
    ['an HTML page', '<!DOCTYPE html><html></html>', /HTML page/],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n',
      /Git LFS pointer/,
    ],
    ['an empty file', '', /empty/],
    ['text', 'hello there', /not a PyTorch checkpoint/],
  ])('refuses %s', async (_, content, message) => {
    const path = at('bad.pth');
    writeFileSync(path, content);
    await refused([path, '--config', 'refuge', '-o', at('no.safetensors')], 3, message);
  });

  it('refuses a pickle that calls os.system, without calling it', async () => {
    for (const name of ['refused/system-zip.pth', 'refused/system-legacy.pth']) {
      await refused([fixturePath(name), '--config', 'refuge', '-o', at('no.safetensors')], 3, /system/);
    }
  });

  it('refuses a checkpoint of something else, a missing one and a folder', async () => {
    const rest = ['--config', 'refuge', '-o', at('no.safetensors')];
    await refused([fixturePath('bare.pth'), ...rest], 3, /no ZIAN/);
    await refused([at('none.pth'), ...rest], 3, /none\.pth does not exist/);
    await refused([folder, ...rest], 3, /is a folder/);
  });

  it('refuses outputs that cannot be, before reading the checkpoint through', async () => {
    const rest = ['--config', yaml, '-o'];
    await refused([checkpoint, ...rest, at('no/where.safetensors')], 2, /its folder does not exist/);
    await refused([checkpoint, ...rest, folder], 2, /is a folder/);
    await refused([checkpoint, ...rest, checkpoint], 2, /model\.pth is also an input/);
    linkSync(checkpoint, at('link.safetensors'));
    await refused([checkpoint, ...rest, at('link.safetensors')], 2, /is also an input/);
    const copy = at('copy.pth');
    copyFileSync(checkpoint, copy);
    expect(readFileSync(checkpoint).equals(readFileSync(copy))).toBe(true);
  });

  it('says what is wrong with an option', async () => {
    const output = at('no.safetensors');
    await refused([checkpoint, '-o', output], 2, /--config/);
    await refused([checkpoint, '--config', 'refuge'], 2, /--output/);
    await refused([checkpoint, '--config', 'palm', '-o', output], 2, /palm is none of refuge, age, gamma/);
    await refused([checkpoint, '--config', at('none.yaml'), '-o', output], 3, /none\.yaml does not exist/);
    await refused([checkpoint, '--config', yaml, '-o', output, '--dtype', 'f8'], 2, /f32, f16/);
    for (const [setting, message] of [
      ['MODEL.NONE=1', /MODEL\.NONE is not a known key/],
      ['MODEL.ROI_NUM', /KEY=VALUE/],
      ['MODEL.ROI_NUM=five', /MODEL\.ROI_NUM is "five"/],
      ['MODEL.REGION_RADIUS=20', /multiple of 16/],
      ['MODEL.HRNET_TYPE=1', /U-Net/],
    ] as const) {
      await refused([checkpoint, '--config', yaml, '-o', output, '--set', setting], 2, message);
    }
  });

  it('notes unknown keys of an experiment file, unless it is to be quiet', async () => {
    const path = at('odd.yaml');
    writeFileSync(path, NARROW_YAML.replace('  DS_FACTOR: 2', '  DS_FACTOR: 2\n  COLOUR: red'));
    const args = ['convert', checkpoint, '--config', path, '-o', at('odd.safetensors')];
    expect((await zian(args)).err).toMatch(/^note: .*MODEL\.COLOUR\n$/);
    expect((await zian([...args, '--quiet'])).err).toBe('');
  });

  it.each([
    ['broken syntax', 'MODEL: [1, 2', /not usable YAML/],
    ['no mapping', '- 1\n- 2\n', /no experiment file/],
    ['a page', '<html>\n</html>\n', /no experiment file/],
    ['a key twice', 'MODEL: {ROI_NUM: 2}\nMODEL: {ROI_NUM: 3}\n', /not usable YAML.*unique/],
    ['a wrong type', 'MODEL: {ROI_NUM: [2]}\n', /MODEL\.ROI_NUM/],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00), /not text in UTF-8/],
    ['too much text', `#${' '.repeat(2 << 20)}`, /too many for an experiment file/],
    ['bottomless nesting', `MODEL: ${'['.repeat(200_000)}`, /not usable YAML|nested/],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((c, i) => `${c}: &${c} [${`*${'abcdefghij'[i]},`.repeat(9)}x]`).join('\n')}\n`,
      /not usable YAML.*alias/,
    ],
  ])('refuses an experiment file with %s', async (_, content, message) => {
    const path = at('bad.yaml');
    writeFileSync(path, content);
    await refused([checkpoint, '--config', path, '-o', at('no.safetensors')], 3, message);
  });

  it('constructs nothing that a YAML tag asks for', async () => {
    const path = at('tagged.yaml');
    const mark = at('executed');
    writeFileSync(path, `MODEL: !!python/object/apply:os.system ["touch ${mark}"]\n`);
    await refused(
      [checkpoint, '--config', path, '-o', at('no.safetensors')],
      3,
      /not usable YAML.*os\.system/,
    );
    expect(existsSync(mark)).toBe(false);
  });

  it('reads Python tuples and the booleans of YAML 1.1', async () => {
    const path = at('python.yaml');
    const text = NARROW_YAML.replace('[136, 136]', '!!python/tuple [136, 136]');
    writeFileSync(path, `${text}TEST: {FLIP_TEST: on}\n`);
    const output = at('python.safetensors');
    expect(await zian(['convert', checkpoint, '--config', path, '-o', output])).toMatchObject({
      code: 0,
      err: '',
    });
    const { config } = parseModelMetadata((await opened(output)).metadata, output);
    expect(config).toMatchObject({ imageSize: [136, 136], flipTest: true });
  });
});
