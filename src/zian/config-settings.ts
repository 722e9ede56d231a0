import { inputError, usageError } from '../errors.js';
import { printable } from '../printable.js';
import {
  type Fail,
  type Size,
  type StageCounts,
  type StageName,
  withDataset,
  type ZianConfig,
} from './config.js';
import { validateConfig } from './config-validation.js';
import { parseSettingValue } from './setting-value.js';

type Setter = (config: ZianConfig, value: unknown, fail: Fail) => ZianConfig;

const show = (value: unknown): string => printable(JSON.stringify(value) ?? String(value), 80);

function boolean(value: unknown, fail: Fail): boolean {
  if (typeof value === 'boolean') return value;
  throw fail(`is ${show(value)}, but True or False is needed.`);
}

function count(value: unknown, fail: Fail): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw fail(`is ${show(value)}, but a whole number above zero is needed.`);
}

function counts(value: unknown, fail: Fail): readonly number[] {
  if (Array.isArray(value)) return value.map((item: unknown) => count(item, fail));
  throw fail(`is ${show(value)}, but a list of whole numbers such as [32, 64] is needed.`);
}

function size(value: unknown, fail: Fail): Size {
  if (Array.isArray(value)) {
    const [width, height, ...more] = counts(value, fail);
    if (width !== undefined && height !== undefined && more.length === 0) return [width, height];
  }
  throw fail(`is ${show(value)}, but a width and a height such as [1024, 1024] are needed.`);
}

/** A key with one permitted value, since the network has no other. */
const only =
  (permitted: string | number, why: string): Setter =>
  (config, value, fail) => {
    if (value === permitted) return config;
    throw fail(`is ${show(value)}; only ${permitted} is supported: ${why}.`);
  };

const BACKBONES = new Map<unknown, string>([
  [1, 'U-Net'],
  [2, 'EfficientNet-B0 U-Net'],
  [3, 'AG-Net'],
  [4, 'EfficientNet-B5 U-Net'],
]);

const hrnetType: Setter = (config, value, fail) => {
  if (value === 0) return config;
  const name = BACKBONES.get(value);
  throw fail(
    name === undefined
      ? `is ${show(value)}; the known backbones are 0 (HRNet) to 4, and 0 is the one supported.`
      : `is ${show(value)}, the ${name} backbone, which is not supported; only 0 (HRNet) is.`,
  );
};

const roiNum: Setter = (config, value, fail) => {
  if (value === 2 || value === 3) return { ...config, roiNum: value };
  throw fail(`is ${show(value)}, but 2 or 3 is needed (for a single region set MODEL.TRIP_ROI=False).`);
};

const coAttention: Setter = (config, value, fail) => {
  const wanted = boolean(value, fail);
  return { ...config, coAttention: wanted && (config.dataset === 'age' ? 'simple' : 'gated') };
};

const ageData: Setter = (config, value, fail) => {
  if (boolean(value, fail)) return withDataset(config, 'age');
  return config.dataset === 'age' ? withDataset(config, 'refuge') : config;
};

const clahe: Setter = ({ clahe: _, ...config }, value, fail) =>
  boolean(value, fail) ? { ...config, clahe: true } : config;

function stageSetters(name: StageName, branches: number): [string, Setter][] {
  const stated =
    (read: (value: unknown, fail: Fail) => StageCounts): Setter =>
    (config, value, fail) => ({
      ...config,
      stages: { ...config.stages, [name]: { ...config.stages?.[name], ...read(value, fail) } },
    });
  const perBranch = (value: unknown, fail: Fail): readonly number[] => {
    const list = counts(value, fail);
    if (list.length === branches) return list;
    throw fail(
      `is ${show(value)}, but HRNet's stage has ${branches} branches, so ${branches} numbers are needed.`,
    );
  };
  const key = `MODEL.EXTRA.${name}`;
  return [
    [`${key}.NUM_MODULES`, stated((value, fail) => ({ modules: count(value, fail) }))],
    [`${key}.NUM_BLOCKS`, stated((value, fail) => ({ blocks: perBranch(value, fail) }))],
    [`${key}.NUM_CHANNELS`, stated((value, fail) => ({ channels: perBranch(value, fail) }))],
    [`${key}.NUM_BRANCHES`, only(branches, 'HRNet adds one branch per stage')],
    [`${key}.BLOCK`, only('BASIC', "ZIAN's HRNet has basic blocks")],
    [`${key}.FUSE_METHOD`, only('SUM', "ZIAN's HRNet adds its branches")],
  ];
}

/** What each key of the authors' experiment files does to a configuration. */
const SETTERS: ReadonlyMap<string, Setter> = new Map<string, Setter>([
  ['MODEL.IMAGE_SIZE', (config, value, fail) => ({ ...config, imageSize: size(value, fail) })],
  ['MODEL.CROP_SIZE', (config, value, fail) => ({ ...config, cropSize: size(value, fail) })],
  ['MODEL.DS_FACTOR', (config, value, fail) => ({ ...config, dsFactor: count(value, fail) })],
  ['MODEL.REGION_RADIUS', (config, value, fail) => ({ ...config, regionRadius: count(value, fail) })],
  ['MODEL.HRNET_ONLY', (config, value, fail) => ({ ...config, hrnetOnly: boolean(value, fail) })],
  ['MODEL.TRIP_ROI', (config, value, fail) => ({ ...config, tripRoi: boolean(value, fail) })],
  ['MODEL.SELF_ATTEN', (config, value, fail) => ({ ...config, selfAttention: boolean(value, fail) })],
  ['TEST.FLIP_TEST', (config, value, fail) => ({ ...config, flipTest: boolean(value, fail) })],
  ['MODEL.ROI_NUM', roiNum],
  ['MODEL.CO_ATTEN', coAttention],
  ['MODEL.HRNET_TYPE', hrnetType],
  ['TRAIN.AGE_DATA', ageData],
  ['MODEL.EXTRA.FINAL_CONV_KERNEL', only(1, "ZIAN's final layer is a 1x1 convolution")],
  ...stageSetters('STAGE2', 2),
  ...stageSetters('STAGE3', 3),
  ...stageSetters('STAGE4', 4),
]);

/** Keys of MODEL that say how the authors train, name or initialise a model: they change no result. */
const WITHOUT_EFFECT =
  /^MODEL\.(PATCH_SIZE|MAX_DS_OFFSET|NAME|INIT_WEIGHTS|PRETRAINED|NUM_JOINTS|TAG_PER_JOINT|TARGET_TYPE|HEATMAP_SIZE|SIGMA|EXTRA\.PRETRAINED_LAYERS)$/;

function setterOf(key: string): Setter | undefined {
  if (/(^|\.)DATA_CLAHE$/.test(key)) return clahe;
  return SETTERS.get(key) ?? (WITHOUT_EFFECT.test(key) ? (config) => config : undefined);
}

/** The keys that `applyOverride` takes. */
export const settingKeys = (): readonly string[] => [...SETTERS.keys(), 'DATA_CLAHE'];

const DEEPEST = 8;
const MOST_KEYS = 10_000;

/** The leaves of nested objects under dotted keys; lists are leaves, and what is null states nothing. */
function flatten(value: unknown, fail: Fail): [string, unknown][] {
  const leaves: [string, unknown][] = [];
  let visited = 0;
  const visit = (node: unknown, key: string, depth: number): void => {
    visited += 1;
    if (visited > MOST_KEYS) throw fail(`more than ${MOST_KEYS} keys are too many for an experiment file.`);
    if (node === null || node === undefined) return;
    if (typeof node !== 'object' || Array.isArray(node)) {
      leaves.push([key, node]);
      return;
    }
    if (depth === DEEPEST) throw fail(`'${key}' is nested more than ${DEEPEST} levels deep.`);
    for (const [name, child] of Object.entries(node))
      visit(child, key === '' ? name : `${key}.${name}`, depth + 1);
  };
  visit(value, '', 0);
  return leaves;
}

export interface ParsedExperiment {
  readonly config: ZianConfig;
  /** Keys under MODEL that this version does not know, so that the caller can warn of them. */
  readonly unknownKeys: readonly string[];
}

/**
 * Lays the authors' experiment file over a released configuration.
 * @param experiment the file's content as plain data (the YAML is parsed by the caller)
 * @param source the file's name, for messages
 * @throws inputError for a value of the wrong type, an unsupported option or impossible sizes
 */
export function parseExperiment(experiment: unknown, base: ZianConfig, source: string): ParsedExperiment {
  const fail: Fail = (sentence) => inputError(`${source}: ${sentence}`);
  if (typeof experiment !== 'object' || experiment === null || Array.isArray(experiment)) {
    throw fail("this is no experiment file: keys such as 'MODEL:' are expected at its top level.");
  }
  const unknownKeys: string[] = [];
  let config = base;
  for (const [key, value] of flatten(experiment, fail)) {
    const setter = setterOf(key);
    if (setter !== undefined) config = setter(config, value, (sentence) => fail(`${key} ${sentence}`));
    else if (key.startsWith('MODEL.')) unknownKeys.push(key);
  }
  return { config: validateConfig(config, fail), unknownKeys };
}

/**
 * Applies overrides such as `MODEL.CO_ATTEN=False` or `MODEL.CROP_SIZE=[512, 512]`, in order; the sum of
 * them, not each step, must be a possible model.
 * @throws usageError for an unknown key, a value of the wrong type, an unsupported option or impossible sizes
 */
export function applyOverrides(base: ZianConfig, overrides: readonly string[]): ZianConfig {
  let config = base;
  for (const override of overrides) {
    const at = override.indexOf('=');
    if (at < 1) throw usageError(`--set ${override}: KEY=VALUE is expected, such as MODEL.CO_ATTEN=False.`);
    const key = override.slice(0, at).trim();
    const fail: Fail = (sentence) => usageError(`--set ${override}: ${key} ${sentence}`);
    const setter = setterOf(key);
    if (setter === undefined) throw fail(`is not a known key; known are ${settingKeys().join(', ')}.`);
    config = setter(config, parseSettingValue(override.slice(at + 1), fail), fail);
  }
  return validateConfig(config, (sentence) => usageError(sentence));
}

/** One override: see `applyOverrides`. */
export const applyOverride = (config: ZianConfig, override: string): ZianConfig =>
  applyOverrides(config, [override]);
