import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesSource, openSafetensors } from '../../src/weights/index.js';
import { checkStateDict } from '../../src/zian/check-state-dict.js';
import { listRuns, readRun, runConfig, runImage, runShapes, runTensorsPath } from '../support/runs.js';

const runs = listRuns();

describe('recorded runs', () => {
  it('are there: small ones of every kind, and both released models', () => {
    expect(runs).toEqual(
      expect.arrayContaining(['narrow', 'clamped-expand', 'three-regions', 'full-refuge', 'full-age']),
    );
    expect(runs.length).toBeGreaterThanOrEqual(21);
  });

  it.each(runs)('%s: configuration, tensors and picture can be made again from its description', (name) => {
    const run = readRun(name);
    const config = runConfig(run);
    expect(config).toMatchObject({ mean: run.mean_bgr, std: run.std_bgr });
    const shapes = runShapes(run);
    expect(() => checkStateDict(config, shapes, name)).not.toThrow();
    let parameters = 0;
    for (const [tensor, shape] of shapes) {
      if (!/running_(mean|var)$|num_batches_tracked$/.test(tensor))
        parameters += shape.reduce((a, b) => a * b, 1);
    }
    expect(parameters).toBe(run.trainable_parameters);
    const { width, height, data } = runImage(run);
    expect([width, height]).toEqual(run.image_size);
    const rgb = data.filter((_, i) => i % 4 !== 3);
    expect(createHash('sha256').update(rgb).digest('hex')).toBe(run.synthetic?.rgb_sha256);
  });

  it.each(runs)('%s: its stages can be read', async (name) => {
    const run = readRun(name);
    const path = runTensorsPath(name);
    const file = await openSafetensors(bytesSource(path, new Uint8Array(readFileSync(path))));
    const names = [...file.tensors.keys()].map((stage) => stage.replace(/__every\d+$/, ''));
    const wanted = [
      'input',
      'input_ds',
      'hrnet',
      'coarse.features',
      'heatmap_ds',
      'flipped.heatmap_ds',
      'float64.heatmap_ds',
    ];
    if (!runConfig(run).hrnetOnly)
      wanted.push('roi_center', 'hrnet_roi', 'coarse.aligned', 'convf', 'heatmap_roi');
    expect(names).toEqual(expect.arrayContaining(wanted));
  });
});
