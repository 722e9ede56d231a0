import type { KernelSuite } from '../contract.js';
import { conv2dCases, conv2dFuzz, conv2dFuzzTolerance } from './conv2d.cases.js';
import { conv2d } from './conv2d.js';
import { conv2dReference } from './conv2d.ref.js';
import type { Conv2dAttributes } from './geometry.js';

export const conv2dSuite: KernelSuite<Conv2dAttributes> = {
  kernel: conv2d,
  reference: conv2dReference,
  cases: conv2dCases,
  fuzz: conv2dFuzz,
  fuzzTolerance: conv2dFuzzTolerance,
};
