import type { KernelSuite } from '../contract.js';
import { sumCases, sumFuzz, sumFuzzTolerance } from './sum.cases.js';
import { type SumAttributes, sum } from './sum.js';
import { sumReference } from './sum.ref.js';

export const sumSuite: KernelSuite<SumAttributes> = {
  kernel: sum,
  reference: sumReference,
  cases: sumCases,
  fuzz: sumFuzz,
  fuzzTolerance: sumFuzzTolerance,
};
