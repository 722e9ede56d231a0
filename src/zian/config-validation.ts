import { type Fail, isDataset, type Size, type StageCounts, type ZianConfig } from './config.js';

/** HRNet's lowest branch has 1/32 of the input's size, and its upsampling fits only whole pixels. */
const HRNET_STRIDE = 32;
/** Larger inputs than these are slips of the pen: the released ones are 1064, 1024, 4 and 128. */
const LARGEST = { imageSize: 8192, cropSize: 4096, dsFactor: 64, regionRadius: 512 } as const;

/** Pixel values are 0…1 before they are normalised; the released means and deviations lie between 0.03 and 0.4. */
const NORMALISED = { mean: 100, leastStd: 1e-4, largestStd: 100 } as const;
/** HRNet's counts: the released models have at most 4 modules and blocks, and 256 channels. */
const LARGEST_COUNTS = { modules: 64, blocks: 64, channels: 4096 } as const;
/** HRNet has two branches, then three, then four. */
const MOST_BRANCHES = 4;

const isCount = (value: number, largest: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= largest;

const show = (size: Size): string => `${size[0]}x${size[1]}`;

function checkSize(key: string, size: Size, largest: number, fail: Fail): void {
  if (!isCount(size[0], largest) || !isCount(size[1], largest)) {
    throw fail(`${key} is ${show(size)}; width and height must be whole numbers from 1 to ${largest}.`);
  }
}

function checkSizes(config: ZianConfig, fail: Fail): void {
  const { imageSize, cropSize, dsFactor, regionRadius } = config;
  checkSize('MODEL.IMAGE_SIZE', imageSize, LARGEST.imageSize, fail);
  checkSize('MODEL.CROP_SIZE', cropSize, LARGEST.cropSize, fail);
  if (!isCount(dsFactor, LARGEST.dsFactor)) {
    throw fail(`MODEL.DS_FACTOR is ${dsFactor}; it must be a whole number from 1 to ${LARGEST.dsFactor}.`);
  }
  if (!isCount(regionRadius, LARGEST.regionRadius) || (2 * regionRadius) % HRNET_STRIDE !== 0) {
    throw fail(
      `MODEL.REGION_RADIUS is ${regionRadius}; the regions' side, twice that, must be a multiple of ${HRNET_STRIDE} ` +
        `(HRNet halves it five times), so use a multiple of ${HRNET_STRIDE / 2} up to ${LARGEST.regionRadius}.`,
    );
  }
  for (const [axis, name] of [
    [0, 'width'],
    [1, 'height'],
  ] as const) {
    if (cropSize[axis] % (dsFactor * HRNET_STRIDE) !== 0) {
      throw fail(
        `MODEL.CROP_SIZE ${show(cropSize)} with MODEL.DS_FACTOR ${dsFactor} gives a coarse ${name} of ` +
          `${cropSize[axis] / dsFactor}, which must be a multiple of ${HRNET_STRIDE} (HRNet halves it five times): ` +
          `use a CROP_SIZE in multiples of ${dsFactor * HRNET_STRIDE}.`,
      );
    }
    const margin = imageSize[axis] - cropSize[axis];
    if (margin < 0 || margin % 2 !== 0) {
      throw fail(
        `MODEL.CROP_SIZE ${show(cropSize)} is cut from the middle of MODEL.IMAGE_SIZE ${show(imageSize)}, so the ` +
          `${name}s must differ by an even number, not by ${margin}: choose an IMAGE_SIZE that is as large or larger ` +
          'by an even number.',
      );
    }
  }
}

function checkOptions(config: ZianConfig, fail: Fail): void {
  if (!isDataset(config.dataset)) {
    throw fail(`The data set is '${String(config.dataset)}'; known are refuge, age and gamma.`);
  }
  if (config.roiNum !== 2 && config.roiNum !== 3) {
    throw fail(
      `MODEL.ROI_NUM is ${String(config.roiNum)}; ZIAN has 2 or 3 regions (or one: TRIP_ROI False).`,
    );
  }
  const variant = config.dataset === 'age' ? 'simple' : 'gated';
  if (config.coAttention !== false && config.coAttention !== variant) {
    throw fail(`Co-attention is '${config.coAttention}'; for ${config.dataset} it is '${variant}' or false.`);
  }
  if (config.coAttention !== false && !config.hrnetOnly && (!config.tripRoi || config.roiNum === 3)) {
    const why = config.tripRoi ? 'MODEL.ROI_NUM 3' : 'MODEL.TRIP_ROI False';
    throw fail(
      `MODEL.CO_ATTEN True does not go with ${why}: co-attention joins exactly two regions; ` +
        'set MODEL.CO_ATTEN=False or use two regions.',
    );
  }
  for (const channel of [0, 1, 2] as const) {
    const mean = config.mean[channel];
    const std = config.std[channel];
    const { leastStd, largestStd } = NORMALISED;
    // Negated, so that NaN is refused too.
    if (!(Math.abs(mean) <= NORMALISED.mean) || !(std >= leastStd && std <= largestStd)) {
      throw fail(
        `Channel ${channel} is normalised with mean ${mean}, std ${std}: a mean within ±${NORMALISED.mean} and a std > 0 (${leastStd} to ${largestStd}) are needed.`,
      );
    }
  }
}

function checkStages(stages: ZianConfig['stages'], fail: Fail): void {
  for (const [name, { modules = 1, blocks = [], channels = [] }] of Object.entries<StageCounts>(
    stages ?? {},
  )) {
    const counts = { modules: [modules], blocks, channels };
    for (const key of ['modules', 'blocks', 'channels'] as const) {
      const largest = LARGEST_COUNTS[key];
      if (counts[key].length <= MOST_BRANCHES && counts[key].every((count) => isCount(count, largest)))
        continue;
      throw fail(
        `MODEL.EXTRA.${name} has ${key} that are not up to ${MOST_BRANCHES} whole numbers from 1 to ${largest}.`,
      );
    }
  }
}

/**
 * Refuses what no ZIAN model can be: sizes that HRNet's strides do not divide, options that exclude each other.
 * @throws what `fail` makes of one sentence that names the option and what would do
 */
export function validateConfig(config: ZianConfig, fail: Fail): ZianConfig {
  checkOptions(config, fail);
  checkSizes(config, fail);
  checkStages(config.stages, fail);
  return config;
}
