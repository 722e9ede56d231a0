import type { KernelSuite } from '../contract.js';
import { modePoolCases, modePoolFuzz, modePoolFuzzTolerance } from './mode_pool.cases.js';
import { type ModePoolAttributes, modePool } from './mode_pool.js';
import { modePoolReference } from './mode_pool.ref.js';

export const modePoolSuite: KernelSuite<ModePoolAttributes> = {
  kernel: modePool,
  reference: modePoolReference,
  cases: modePoolCases,
  fuzz: modePoolFuzz,
  fuzzTolerance: modePoolFuzzTolerance,
};
