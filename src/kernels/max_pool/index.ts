import type { KernelSuite } from '../contract.js';
import { maxPoolCases, maxPoolFuzz } from './max_pool.cases.js';
import { type MaxPoolAttributes, maxPool } from './max_pool.js';
import { maxPoolReference } from './max_pool.ref.js';

export const maxPoolSuite: KernelSuite<MaxPoolAttributes> = {
  kernel: maxPool,
  reference: maxPoolReference,
  cases: maxPoolCases,
  fuzz: maxPoolFuzz,
  fuzzTolerance: { absolute: 0, relative: 0 },
};
