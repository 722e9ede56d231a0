import type { KernelSuite } from '../contract.js';
import { argmaxCases, argmaxFuzz } from './argmax.cases.js';
import { type ArgmaxAttributes, argmax } from './argmax.js';
import { argmaxReference } from './argmax.ref.js';

export const argmaxSuite: KernelSuite<ArgmaxAttributes> = {
  kernel: argmax,
  reference: argmaxReference,
  cases: argmaxCases,
  fuzz: argmaxFuzz,
  fuzzTolerance: { absolute: 0, relative: 0 },
};
