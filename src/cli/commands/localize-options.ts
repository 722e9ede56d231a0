import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { LARGEST_BATCH } from '../../zian/batch.js';
import { REFINEMENTS } from '../../zian/refine.js';
import { wholeNumber } from '../number-option.js';

export const precisionOption = (): Option =>
  new Option('--dtype <type>', 'precision to compute in').choices(['f32', 'f16']).default('f32');

export const workersOption = (): Option =>
  new Option('--workers <number>', 'threads that decode images and draw overlays')
    .argParser(wholeNumber(1))
    .default(Math.min(8, Math.max(1, availableParallelism() >> 1)), 'half of the cores, 8 at most');

export const batchOption = (): Option =>
  new Option(
    '--batch <number>',
    'images that the network computes at once, each mirrored one and half of a scan counting; the same results',
  )
    .argParser(wholeNumber(1, LARGEST_BATCH))
    .default(1);

export const refineOption = (): Option =>
  new Option('--refine <curve>', 'place peaks between pixels, by a curve through their neighbours').choices(
    REFINEMENTS,
  );
