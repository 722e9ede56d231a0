import type { KernelSuite } from '../contract.js';
import { multiplyCases, multiplyFuzz, multiplyFuzzTolerance } from './multiply.cases.js';
import { type MultiplyAttributes, multiply } from './multiply.js';
import { multiplyReference } from './multiply.ref.js';

export const multiplySuite: KernelSuite<MultiplyAttributes> = {
  kernel: multiply,
  reference: multiplyReference,
  cases: multiplyCases,
  fuzz: multiplyFuzz,
  fuzzTolerance: multiplyFuzzTolerance,
};
