import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { namingFaults, readOnnx } from '../export-onnx/onnx-reader.js';
import { runModel } from '../support/model.js';
import { readRun } from '../support/runs.js';
import { testFolder, zian } from './support.js';

const folder = testFolder();
const model = join(folder, 'model.safetensors');
const output = join(folder, 'model.onnx');

beforeAll(async () => {
  const source = await runModel(readRun('narrow'));
  writeFileSync(model, await source.read(0, source.size));
});

describe('zian export-onnx', () => {
  it('writes the whole network and says what it takes and gives', async () => {
    const { code, out, err } = await zian(['export-onnx', model, '-o', output]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /model\.onnx: \d+\.\d MB, \d+ nodes, opset 17\n {2}input: input \[1, 3, 128, 128\]\n/,
    );
    expect(out).toContain('outputs: heatmap_ds [1, 1, 64, 64], heatmap_ds.index [1, 1, 4]');
    const read = readOnnx(readFileSync(output));
    expect(namingFaults(read)).toEqual([]);
    expect(read.metadata.get('format')).toBe('zian');
    expect(read.metadata.get('channels')).toBe('blue, green, red');
    expect(JSON.parse(read.metadata.get('config') ?? '')).toMatchObject({});
  });

  it('writes one backbone', async () => {
    const backbone = join(folder, 'backbone.onnx');
    const { code, out } = await zian(['export-onnx', model, '--backbone', 'hrnet', '-o', backbone]);
    expect(code).toBe(0);
    expect(out).toContain('outputs: features [1, 32, 16, 16]');
    expect([...readOnnx(readFileSync(backbone)).inputs]).toEqual([['input', [1, 3, 64, 64]]]);
  });

  it('is quiet when asked', async () => {
    expect(await zian(['export-onnx', model, '-o', output, '--quiet'])).toEqual({
      code: 0,
      out: '',
      err: '',
    });
  });

  it.each([
    [
      'a backbone that is not there',
      ['--backbone', 'unet'],
      3,
      /no backbone 'unet'; it has hrnet, hrnet_roi/,
    ],
    ['the model as output', ['-o', model], 2, /is also an input, and would be overwritten/],
    ['a folder that is not there', ['-o', join(folder, 'no', 'x.onnx')], 2, /its folder does not exist/],
  ])('refuses %s, and leaves nothing behind', async (_, more, code, message) => {
    const none = join(folder, 'none.onnx');
    const outputOption = more[0] === '-o' ? [] : ['-o', none];
    const result = await zian(['export-onnx', model, ...outputOption, ...more]);
    expect(result).toMatchObject({ code, out: '', err: expect.stringMatching(message) });
    expect(existsSync(none)).toBe(false);
  });

  it('refuses a file that is no model', async () => {
    const other = join(folder, 'other.txt');
    writeFileSync(other, 'hello');
    const { code, err } = await zian(['export-onnx', other, '-o', output]);
    expect(code).toBe(3);
    expect(err).toMatch(/^error: .*other\.txt is not a safetensors file/);
  });
});
