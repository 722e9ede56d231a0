import { describe, expect, it } from 'vitest';
import { costByGroup, STAGE_NAMES, stageOf, sumByGroup } from '../../bench/stages.js';
import { GraphBuilder, optimize } from '../../src/graph/index.js';
import { checkStateDict } from '../../src/zian/check-state-dict.js';
import { Network } from '../../src/zian/model/network.js';
import { listRuns, readRun, runConfig, runShapes } from '../support/runs.js';

function labelsOf(name: string, optimized: boolean): string[] {
  const run = readRun(name);
  const config = runConfig(run);
  const shapes = runShapes(run);
  const builder = new GraphBuilder({ weights: shapes, dtype: 'f32' });
  new Network(builder, config, checkStateDict(config, shapes, name), (_, value) => value).build();
  const graph = builder.build();
  return (optimized ? optimize(graph) : graph).nodes
    .filter(({ kind }) => kind === 'kernel')
    .map(({ label }) => label);
}

describe('stages', () => {
  it.each([
    ['input: preprocess', 'preprocess'],
    ['input_ds: resize', 'input_ds'],
    ['hrnet.stage2.0.branches.1.0.conv2: conv2d', 'hrnet'],
    ['hrnet_roi.conv1: conv2d', 'hrnet_roi*'],
    ['hrnet_roi.bn1.relu + hrnet_roi_3.bn1.relu: conv2d', 'hrnet_roi*'],
    ['hrnet_roi_2.final_layer', 'hrnet_roi*'],
    ['input_roi_3: crop_and_resize', 'crops'],
    ['coarse.aligned: crop_and_resize', 'crops'],
    ['linear_e: conv2d', 'co-attention'],
    ['coatten_conv1: conv2d', 'co-attention'],
    ['attention.in_ator_trans.key: conv2d', 'squeeze'],
    ['attention.ator_out_trans.limit: score limit', 'expand'],
    ['attention.transposed.add: sum', 'expand'],
    ['convf: conv2d', 'convf'],
    ['heatmap_ds.0: conv2d', 'coarse head'],
    ['heatmap_roi.3: conv2d', 'fine head'],
    ['heatmap_roi.peak: argmax', 'peaks'],
    ['hrnetwork: conv2d', 'other'],
  ])('%s is of %s', (label, stage) => {
    expect(stageOf(label)).toBe(stage);
  });

  it.each(listRuns())('know every layer of %s, with the passes and without', (name) => {
    for (const optimized of [true, false]) {
      const unknown = labelsOf(name, optimized).filter((label) => stageOf(label) === 'other');
      expect(unknown).toEqual([]);
    }
  });

  it('of the released model are all there', () => {
    const found = new Set(labelsOf('full-refuge', true).map(stageOf));
    expect(STAGE_NAMES.filter((name) => !found.has(name))).toEqual(['other']);
  });

  it('add times and work up', () => {
    const times = sumByGroup(
      [
        { label: 'hrnet.conv1: conv2d', nanoseconds: 1_500_000 },
        { label: 'convf: conv2d', nanoseconds: 250_000 },
        { label: 'hrnet.conv2: conv2d', nanoseconds: 500_000 },
      ],
      stageOf,
    );
    expect([...times]).toEqual([
      ['hrnet', { dispatches: 2, milliseconds: 2 }],
      ['convf', { dispatches: 1, milliseconds: 0.25 }],
    ]);
    expect(costByGroup([], () => 'none').size).toBe(0);
  });
});
