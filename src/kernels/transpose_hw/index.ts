import type { KernelSuite } from '../contract.js';
import { transposeHwCases, transposeHwFuzz } from './transpose_hw.cases.js';
import { type TransposeHwAttributes, transposeHw } from './transpose_hw.js';
import { transposeHwReference } from './transpose_hw.ref.js';

export const transposeHwSuite: KernelSuite<TransposeHwAttributes> = {
  kernel: transposeHw,
  reference: transposeHwReference,
  cases: transposeHwCases,
  fuzz: transposeHwFuzz,
};
