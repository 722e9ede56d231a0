import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ZianError } from '../../src/errors.js';
import { PRESETS, type ZianConfig } from '../../src/zian/config.js';
import { deserializeConfig, serializeConfig } from '../../src/zian/config-json.js';
import {
  applyOverride,
  applyOverrides,
  parseExperiment,
  settingKeys,
} from '../../src/zian/config-settings.js';
import { validateConfig } from '../../src/zian/config-validation.js';

const { refuge, age, gamma } = PRESETS;

/** The error that `run` throws, which must be one for users. */
function thrown(run: () => unknown): ZianError {
  try {
    run();
  } catch (error) {
    if (error instanceof ZianError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const TINY = `
MODEL:
  IMAGE_SIZE: [264, 264]
  CROP_SIZE: [256, 256]
  PATCH_SIZE: [224, 224]
  DS_FACTOR: 4
  REGION_RADIUS: 32
  SELF_ATTEN: true
  CO_ATTEN: true
  TRIP_ROI: True
  ROI_NUM: 2
  HRNET_ONLY: false
  HRNET_TYPE: 0
  EXTRA:
    FINAL_CONV_KERNEL: 1
    STAGE2: {NUM_MODULES: 1, NUM_BRANCHES: 2, BLOCK: BASIC, NUM_BLOCKS: [1, 1], NUM_CHANNELS: [8, 16], FUSE_METHOD: SUM}
    STAGE3:
TRAIN:
  AGE_DATA: false
  LR: 0.0002
TEST:
  FLIP_TEST: true
`;

describe('parseExperiment', () => {
  it('lays an experiment file over a preset', () => {
    const { config, unknownKeys } = parseExperiment(parse(TINY), refuge, 'tiny.yaml');
    expect(config).toEqual({
      ...refuge,
      imageSize: [264, 264],
      cropSize: [256, 256],
      regionRadius: 32,
      flipTest: true,
      stages: { STAGE2: { modules: 1, blocks: [1, 1], channels: [8, 16] } },
    });
    expect(unknownKeys).toEqual([]);
  });

  it('takes normalisation and co-attention from AGE_DATA, whatever the order', () => {
    expect(parseExperiment({ TRAIN: { AGE_DATA: true } }, refuge, 'x').config).toEqual(age);
    expect(parseExperiment({ TRAIN: { AGE_DATA: false } }, age, 'x').config).toEqual(refuge);
    expect(parseExperiment({ TRAIN: { AGE_DATA: false } }, gamma, 'x').config).toEqual(gamma);
    const co = { MODEL: { CO_ATTEN: true } };
    expect(parseExperiment({ TRAIN: { AGE_DATA: true }, ...co }, refuge, 'x').config.coAttention).toBe(
      'simple',
    );
    expect(parseExperiment({ ...co, TRAIN: { AGE_DATA: true } }, refuge, 'x').config.coAttention).toBe(
      'simple',
    );
    const off = parseExperiment(
      { MODEL: { CO_ATTEN: false }, TRAIN: { AGE_DATA: true } },
      refuge,
      'x',
    ).config;
    expect(off).toEqual({ ...age, coAttention: false });
  });

  it('reports keys of MODEL that it does not know, and no others', () => {
    const experiment = {
      GPUS: [0],
      MODEL: { NAME: 'zian', CO_ATTENTION: true, EXTRA: { DEPTH: 3, PRETRAINED_LAYERS: ['*'] } },
    };
    expect(parseExperiment(experiment, refuge, 'x').unknownKeys).toEqual([
      'MODEL.CO_ATTENTION',
      'MODEL.EXTRA.DEPTH',
    ]);
  });

  it.each<[string, unknown, string]>([
    [
      'a wrong type',
      { MODEL: { CO_ATTEN: 'maybe' } },
      'MODEL.CO_ATTEN is "maybe", but True or False is needed',
    ],
    ['a number for a boolean', { MODEL: { TRIP_ROI: 1 } }, 'MODEL.TRIP_ROI is 1'],
    ['a single size', { MODEL: { CROP_SIZE: 1024 } }, 'MODEL.CROP_SIZE is 1024, but a width and a height'],
    ['three sizes', { MODEL: { IMAGE_SIZE: [1, 2, 3] } }, 'MODEL.IMAGE_SIZE is [1,2,3]'],
    ['a fraction', { MODEL: { REGION_RADIUS: 31.5 } }, 'MODEL.REGION_RADIUS is 31.5, but a whole number'],
    ['a U-Net', { MODEL: { HRNET_TYPE: 1 } }, 'MODEL.HRNET_TYPE is 1, the U-Net backbone'],
    ['an EfficientNet', { MODEL: { HRNET_TYPE: 2 } }, 'EfficientNet-B0'],
    ['an AG-Net', { MODEL: { HRNET_TYPE: 3 } }, 'AG-Net'],
    ['a large EfficientNet', { MODEL: { HRNET_TYPE: 4 } }, 'EfficientNet-B5'],
    ['an unknown backbone', { MODEL: { HRNET_TYPE: 9 } }, 'the known backbones are 0 (HRNet) to 4'],
    ['four regions', { MODEL: { ROI_NUM: 4 } }, 'MODEL.ROI_NUM is 4'],
    [
      'co-attention of three regions',
      { MODEL: { ROI_NUM: 3 } },
      'MODEL.CO_ATTEN True does not go with MODEL.ROI_NUM 3',
    ],
    ['co-attention of one region', { MODEL: { TRIP_ROI: false } }, 'does not go with MODEL.TRIP_ROI False'],
    ['a 3x3 final layer', { MODEL: { EXTRA: { FINAL_CONV_KERNEL: 3 } } }, 'only 1 is supported'],
    [
      'bottleneck stages',
      { MODEL: { EXTRA: { STAGE4: { BLOCK: 'BOTTLENECK' } } } },
      'only BASIC is supported',
    ],
    ['too few channels', { MODEL: { EXTRA: { STAGE3: { NUM_CHANNELS: [8, 16] } } } }, 'has 3 branches'],
    ['a list', [1, 2], 'this is no experiment file'],
    ['a text', 'REFUGE', 'this is no experiment file'],
    ['nothing', null, 'this is no experiment file'],
  ])('refuses %s', (_, experiment, message) => {
    const error = thrown(() => parseExperiment(experiment, refuge, 'my.yaml'));
    expect(error.kind).toBe('input');
    expect(error.message).toContain('my.yaml: ');
    expect(error.message).toContain(message);
  });

  it('survives cycles and floods of keys', () => {
    const cycle: Record<string, unknown> = {};
    cycle.MODEL = cycle;
    expect(thrown(() => parseExperiment(cycle, refuge, 'x')).message).toContain('levels deep');
    const wide = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`K${i}`, {}]));
    const flood = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`K${i}`, wide]));
    expect(thrown(() => parseExperiment(flood, refuge, 'x')).message).toContain('too many');
  });
});

describe('applyOverrides', () => {
  it.each<[string, Partial<ZianConfig>]>([
    ['MODEL.CO_ATTEN=False', { coAttention: false }],
    ['MODEL.SELF_ATTEN = false', { selfAttention: false }],
    ['MODEL.CROP_SIZE=[512, 768]', { cropSize: [512, 768] }],
    ['MODEL.CROP_SIZE=(512,768,)', { cropSize: [512, 768] }],
    ['MODEL.REGION_RADIUS=64', { regionRadius: 64 }],
    ['MODEL.DS_FACTOR=8', { dsFactor: 8 }],
    ['MODEL.HRNET_ONLY=True', { hrnetOnly: true }],
    ['TEST.FLIP_TEST=true', { flipTest: true }],
    ['MODEL.HRNET_TYPE=0', {}],
    ['DATA_CLAHE=False', {}],
    ['TRAIN.DATA_CLAHE=True', { clahe: true }],
    ['MODEL.PATCH_SIZE=[224, 224]', {}],
    ["MODEL.EXTRA.STAGE2.BLOCK='BASIC'", {}],
    ['MODEL.EXTRA.STAGE4.NUM_MODULES=2', { stages: { STAGE4: { modules: 2 } } }],
  ])('%s', (override, changes) => {
    expect(applyOverride(refuge, override)).toEqual({ ...refuge, ...changes });
  });

  it('judges the sum of the overrides, and the last of one key holds', () => {
    const overrides = ['MODEL.ROI_NUM=3', 'MODEL.CO_ATTEN=True', 'MODEL.CO_ATTEN=False'];
    expect(applyOverrides(refuge, overrides)).toEqual({ ...refuge, roiNum: 3, coAttention: false });
    expect(applyOverrides(refuge, ['MODEL.CO_ATTEN=True', 'TRAIN.AGE_DATA=True'])).toEqual(age);
    expect(applyOverrides(refuge, [])).toEqual(refuge);
  });

  it('gathers what is said about one stage', () => {
    const config = applyOverrides(refuge, [
      'MODEL.EXTRA.STAGE2.NUM_BLOCKS=[1, 2]',
      'MODEL.EXTRA.STAGE2.NUM_MODULES=3',
    ]);
    expect(config.stages).toEqual({ STAGE2: { blocks: [1, 2], modules: 3 } });
  });

  it.each([
    ['MODEL.CO_ATTEN', 'KEY=VALUE is expected'],
    ['=3', 'KEY=VALUE is expected'],
    ['MODEL.COATTEN=False', 'is not a known key; known are MODEL.IMAGE_SIZE'],
    ['__proto__.x=1', 'is not a known key'],
    ['MODEL.CO_ATTEN=', 'has no value'],
    ['MODEL.CROP_SIZE=[1024, 1024', 'not closed'],
    ['MODEL.CROP_SIZE=[]', 'a width and a height'],
    ['MODEL.CROP_SIZE=[a, b]', 'a whole number'],
    ['MODEL.REGION_RADIUS=100', 'MODEL.REGION_RADIUS is 100'],
    ['MODEL.REGION_RADIUS=65536', 'up to 512'],
    ['MODEL.CROP_SIZE=[1000, 1024]', 'gives a coarse width of 250, which must be a multiple of 32'],
    ['MODEL.CROP_SIZE=[1024, 960]', 'gives a coarse height of 240'],
    ['MODEL.IMAGE_SIZE=[1063, 1064]', 'differ by an even number, not by 39'],
    ['MODEL.IMAGE_SIZE=[1064, 1000]', 'not by -24'],
    ['MODEL.IMAGE_SIZE=[100000, 100000]', 'from 1 to 8192'],
    ['MODEL.DS_FACTOR=3', 'multiple of 32'],
    ['MODEL.DS_FACTOR=100', 'MODEL.DS_FACTOR is 100'],
  ])('refuses %s', (override, message) => {
    const error = thrown(() => applyOverride(refuge, override));
    expect(error.kind).toBe('usage');
    expect(error.message).toContain(message);
  });

  it('allows combinations that the coarse stage alone does not mind', () => {
    expect(applyOverrides(refuge, ['MODEL.HRNET_ONLY=True', 'MODEL.ROI_NUM=3']).roiNum).toBe(3);
    expect(settingKeys()).toContain('MODEL.CO_ATTEN');
  });
});

describe('serialised configuration', () => {
  const stated = applyOverrides(age, ['MODEL.EXTRA.STAGE3.NUM_CHANNELS=[8, 16, 32]', 'TEST.FLIP_TEST=True']);

  it.each([refuge, age, gamma, stated])('comes back as it was (%#)', (config) => {
    expect(deserializeConfig(serializeConfig(config), 'm.safetensors')).toEqual(config);
  });

  const changed = (changes: object): string =>
    JSON.stringify({ ...JSON.parse(serializeConfig(refuge)), ...changes });

  it.each<[string, string, string]>([
    ['no JSON', 'refuge', 'is not JSON'],
    ['a number', '3', 'not a JSON object'],
    ['another format', changed({ format: 2 }), 'its format is 2'],
    ['an unknown data set', changed({ dataset: 'idrid' }), "'idrid'"],
    ['a missing member', changed({ regionRadius: undefined }), "'regionRadius' is undefined"],
    ['a wrong type', changed({ flipTest: 'yes' }), `'flipTest' is "yes", but true or false is needed`],
    [
      'a wrong choice',
      changed({ coAttention: true }),
      `'coAttention' is true, but one of false, "gated", "simple"`,
    ],
    ['the other variant', changed({ coAttention: 'simple' }), "for refuge it is 'gated' or false"],
    ['an unknown member', changed({ gamma: true }), "'gamma' is not known here"],
    ['an unknown stage', changed({ stages: { STAGE5: {} } }), "'STAGE5' is not known here"],
    ['impossible sizes', changed({ cropSize: [1000, 1000] }), 'multiple of 32'],
    ['a vanishing deviation', changed({ std: [0.1, 0, 0.1] }), 'std > 0'],
    ['a flood', ' '.repeat(70_000), '70000 characters'],
  ])('refuses %s', (_, text, message) => {
    const error = thrown(() => deserializeConfig(text, 'm.safetensors'));
    expect(error.kind).toBe('input');
    expect(error.message).toMatch(/^m\.safetensors: /);
    expect(error.message).toContain(message);
  });
});

describe('validateConfig', () => {
  it('accepts the presets and sizes of every permitted kind', () => {
    const fail = (sentence: string): ZianError => new ZianError('input', sentence);
    const sizes: Partial<ZianConfig>[] = [
      {},
      { imageSize: [392, 392], cropSize: [384, 384], regionRadius: 48 },
      { imageSize: [128, 128], cropSize: [128, 128], dsFactor: 2, regionRadius: 16 },
      { imageSize: [260, 514], cropSize: [256, 512], dsFactor: 8, regionRadius: 32 },
      { imageSize: [64, 32], cropSize: [64, 32], dsFactor: 1, regionRadius: 16 },
    ];
    for (const size of sizes)
      expect(validateConfig({ ...refuge, ...size }, fail)).toEqual({ ...refuge, ...size });
  });
});
