import type { KernelSuite } from '../contract.js';
import { matmulCases, matmulFuzz, matmulFuzzTolerance } from './matmul.cases.js';
import { type MatmulAttributes, matmul } from './matmul.js';
import { matmulReference } from './matmul.ref.js';

export const matmulSuite: KernelSuite<MatmulAttributes> = {
  kernel: matmul,
  reference: matmulReference,
  cases: matmulCases,
  fuzz: matmulFuzz,
  fuzzTolerance: matmulFuzzTolerance,
};
