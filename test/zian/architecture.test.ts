import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { type Architecture, inferArchitecture } from '../../src/zian/architecture.js';
import { checkStateDict, isIgnoredTensor } from '../../src/zian/check-state-dict.js';
import { PRESETS, type ZianConfig } from '../../src/zian/config.js';
import { applyOverrides } from '../../src/zian/config-settings.js';
import { expectedTensors } from '../../src/zian/expected-tensors.js';
import { RELEASED, type StateDictOptions, stateDictShapes } from '../support/state-dict.js';

const fixtures: {
  readonly stateDicts: readonly { readonly name: string; readonly options: StateDictOptions }[];
} = JSON.parse(readFileSync(new URL('../fixtures/seeded.json', import.meta.url), 'utf8'));

const released = (changes: Partial<StateDictOptions> = {}): Map<string, readonly number[]> =>
  stateDictShapes({ ...RELEASED, ...changes });

const NARROW: StateDictOptions = {
  ...RELEASED,
  stages: [
    { modules: 1, blocks: [1, 2], channels: [6, 12] },
    { modules: 2, blocks: [1, 1, 1], channels: [8, 12, 20] },
    { modules: 2, blocks: [2, 1, 1, 1], channels: [8, 12, 20, 36] },
  ],
  widths: { stem: 12, layer1_planes: 5, layer1_blocks: 2, final: 32, attractors: 10, head: 7, mode_size: 2 },
};

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ZianError && error.kind === 'input') return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const configOf = (options: StateDictOptions): ZianConfig => ({
  ...PRESETS[options.coAttention === 'simple' ? 'age' : 'refuge'],
  hrnetOnly: options.hrnetOnly,
  tripRoi: options.tripRoi,
  roiNum: options.roiNum,
  selfAttention: options.selfAttention,
  coAttention: options.coAttention,
});

describe('inferArchitecture', () => {
  it('tells HRNet-W32 and the released REFUGE options', () => {
    expect(inferArchitecture(released())).toEqual<Architecture>({
      hrnet: {
        stem: [64, 64],
        layer1: { planes: 64, outputs: 256, blocks: 4, projected: true },
        stages: [
          { channels: [32, 64], blocks: [4, 4], modules: 1, entered: [true, true] },
          { channels: [32, 64, 128], blocks: [4, 4, 4], modules: 4, entered: [false, false, true] },
          {
            channels: [32, 64, 128, 256],
            blocks: [4, 4, 4, 4],
            modules: 3,
            entered: [false, false, false, true],
          },
        ],
        outputs: 256,
      },
      hrnetOnly: false,
      rois: ['1', '3'],
      features: 16,
      coAttention: 'gated',
      selfAttention: { attractors: 256, modes: 2, modeSize: 24 },
      fusedInputs: 48,
      fused: 48,
      head: 16,
    });
  });

  it('tells widths, depths and transitions of a narrow model', () => {
    const { hrnet, ...rest } = inferArchitecture(stateDictShapes(NARROW));
    expect(hrnet).toEqual({
      stem: [12, 12],
      layer1: { planes: 5, outputs: 20, blocks: 2, projected: true },
      stages: [
        { ...NARROW.stages[0], entered: [true, true] },
        { ...NARROW.stages[1], entered: [true, false, true] },
        { ...NARROW.stages[2], entered: [false, false, false, true] },
      ],
      outputs: 32,
    });
    expect(rest).toMatchObject({ features: 2, fusedInputs: 6, fused: 6, head: 7 });
    expect(rest.selfAttention).toEqual({ attractors: 10, modes: 2, modeSize: 2 });
    const wide = inferArchitecture(stateDictShapes({ ...NARROW, widths: { ...NARROW.widths, stem: 20 } }));
    expect(wide.hrnet.layer1.projected).toBe(false);
  });

  it.each<[string, Partial<StateDictOptions>, Partial<Architecture>]>([
    ['AGE', { coAttention: 'simple' }, { coAttention: 'simple', rois: ['1', '3'] }],
    ['no co-attention', { coAttention: false }, { coAttention: false }],
    ['no self-attention', { selfAttention: false }, { selfAttention: false }],
    ['three regions', { roiNum: 3, coAttention: false }, { rois: ['1', '2', '3'], fusedInputs: 64 }],
    ['one region', { tripRoi: false, coAttention: false }, { rois: ['1'], fusedInputs: 32 }],
    [
      'the coarse stage alone, with the tensors of a fine stage',
      { hrnetOnly: true },
      { hrnetOnly: true, rois: [], coAttention: false, selfAttention: false },
    ],
  ])('tells %s', (_, options, want) => {
    expect(inferArchitecture(released(options))).toMatchObject(want);
  });

  it('refuses what is no ZIAN with HRNet', () => {
    const resnet = new Map([['conv1.weight', [64, 3, 7, 7]]]);
    expect(messageOf(() => inferArchitecture(resnet, 'resnet.pth'))).toContain(
      "resnet.pth: none of its 1 tensors is named 'hrnet.…'",
    );
    expect(messageOf(() => inferArchitecture(new Map()))).toContain('none of its 0 tensors');
    const odd = stateDictShapes({ ...NARROW, selfAttention: false, widths: { ...NARROW.widths, final: 40 } });
    expect(messageOf(() => inferArchitecture(odd))).toContain(
      'hrnet.final_layer has 40 outputs; a multiple of 16',
    );
    const modes = new Map(
      [...released()].map(([name, shape]) => [name, name.includes('first_linear') ? [70, 48] : shape]),
    );
    expect(messageOf(() => inferArchitecture(modes))).toContain('do not divide into modes');
  });

  it('is not led into building huge lists', () => {
    const shapes = new Map(stateDictShapes(NARROW));
    for (let i = 0; i < 5000; i++) shapes.set(`hrnet.stage2.${i}.branches.0.${i}.conv1.weight`, [6, 6, 3, 3]);
    shapes.set('hrnet.layer1.999999999.conv1.weight', [5, 20, 1, 1]);
    const { hrnet } = inferArchitecture(shapes);
    expect(hrnet.stages[0].modules).toBe(64);
    expect(hrnet.layer1.blocks).toBe(2);
  });
});

describe('expectedTensors', () => {
  it.each(fixtures.stateDicts)('$name: exactly the state dict’s, but for what is not read', ({ options }) => {
    const shapes = stateDictShapes(options);
    const architecture = inferArchitecture(shapes);
    const read = [...shapes].filter(([name]) => !isIgnoredTensor(name, architecture));
    expect(new Map(expectedTensors(architecture))).toEqual(new Map(read));
    expect(checkStateDict(configOf(options), shapes)).toEqual(architecture);
  });

  it('names what is ignored', () => {
    const full = { hrnetOnly: false };
    for (const name of [
      'main_classifier1.weight',
      'main_classifier2.bias',
      'hrnet.bn1.num_batches_tracked',
    ]) {
      expect(isIgnoredTensor(name, full)).toBe(true);
    }
    for (const name of [
      'hrnet.bn1.weight',
      'main_classifier3.weight',
      'attention.attractors',
      'convf.weight',
    ]) {
      expect(isIgnoredTensor(name, full)).toBe(false);
    }
    for (const name of [
      'hrnet_roi_3.conv1.weight',
      'attention.attractors',
      'coatten_bn1.bias',
      'linear_e.weight',
      'bnf.bias',
    ]) {
      expect(isIgnoredTensor(name, { hrnetOnly: true })).toBe(true);
    }
    expect(isIgnoredTensor('hrnet.extra.weight', { hrnetOnly: true })).toBe(false);
  });
});

describe('checkStateDict', () => {
  const { refuge, age } = PRESETS;

  it('lists every fault at once, by name', () => {
    const shapes = new Map(released());
    shapes.delete('hrnet_roi.stage3.1.branches.2.0.bn1.bias');
    shapes.delete('heatmap_roi.3.weight');
    shapes.set('hrnet.conv1.weight', [32, 3, 3, 3]);
    shapes.set('attention.attractors', [256, 48]);
    shapes.set('decoder.weight', [4]);
    shapes.set('hrnet.stage2.1.branches.7.0.conv1.weight', [32, 32, 3, 3]);
    const config = applyOverrides(refuge, ['MODEL.SELF_ATTEN=False', 'MODEL.EXTRA.STAGE3.NUM_MODULES=2']);
    const message = messageOf(() => checkStateDict(config, shapes, 'best.pth'));
    for (const part of [
      'best.pth does not fit',
      'MODEL.SELF_ATTEN is False, but there are attention. tensors (use --set MODEL.SELF_ATTEN=True)',
      'MODEL.EXTRA.STAGE3.NUM_MODULES is 2, but the tensors have 4',
      'hrnet_roi.stage3.1.branches.2.0.bn1.bias [128]',
      'heatmap_roi.3.weight [1, 16, 1, 1]',
      'hrnet.conv1.weight [32, 3, 3, 3] instead of [64, 3, 3, 3]',
      'decoder.weight',
      'hrnet.stage2.1.branches.7.0.conv1.weight',
    ]) {
      expect(message).toContain(part);
    }
    expect(message).not.toContain('hrnet.bn1');
  });

  it('finds what a damaged file lost from what is left', () => {
    for (const name of [
      'hrnet.conv1.weight',
      'attention.attractors',
      'hrnet.stage4.2.fuse_layers.0.3.0.weight',
      'convf.weight',
    ]) {
      const shapes = new Map(released());
      shapes.delete(name);
      const message = messageOf(() => checkStateDict(refuge, shapes));
      expect(message).toContain(`missing tensors (1): ${name} [`);
    }
  });

  it.each<[string, ZianConfig, Partial<StateDictOptions>, string]>([
    [
      'no co-attention',
      refuge,
      { coAttention: false },
      'MODEL.CO_ATTEN is True, but there are no coatten_ tensors (use --set MODEL.CO_ATTEN=False)',
    ],
    ['AGE’s variant', refuge, { coAttention: 'simple' }, 'use --config age'],
    ['REFUGE’s variant', age, {}, 'use --config refuge or --config gamma'],
    [
      'one region',
      refuge,
      { tripRoi: false, coAttention: false },
      'MODEL.TRIP_ROI is True, but there are no hrnet_roi_3. tensors',
    ],
    [
      'three regions',
      applyOverrides(refuge, ['MODEL.CO_ATTEN=False']),
      { roiNum: 3, coAttention: false },
      'use --set MODEL.ROI_NUM=3',
    ],
    ['co-attention of three', refuge, { roiNum: 3 }, 'coatten_ tensors, but 3 regions'],
    [
      'the coarse stage alone',
      refuge,
      { hrnetOnly: true },
      'MODEL.HRNET_ONLY is False, but there are no hrnet_roi. tensors',
    ],
    [
      'a fine stage',
      applyOverrides(refuge, ['MODEL.HRNET_ONLY=True']),
      {},
      'MODEL.HRNET_ONLY is True, but there are hrnet_roi. tensors',
    ],
    [
      'other channels',
      applyOverrides(refuge, ['MODEL.EXTRA.STAGE2.NUM_CHANNELS=[18, 36]']),
      {},
      'MODEL.EXTRA.STAGE2.NUM_CHANNELS is [18,36], but the tensors have [32,64]',
    ],
  ])('says that the tensors have %s', (_, config, options, want) => {
    const message = messageOf(() => checkStateDict(config, released(options)));
    expect(message).toContain(want);
    expect(message).not.toContain('missing');
  });
});
