import type { KernelSuite } from '../contract.js';
import { softmaxCases, softmaxFuzz, softmaxFuzzTolerance } from './softmax.cases.js';
import { type SoftmaxAttributes, softmax } from './softmax.js';
import { softmaxReference } from './softmax.ref.js';

export const softmaxSuite: KernelSuite<SoftmaxAttributes> = {
  kernel: softmax,
  reference: softmaxReference,
  cases: softmaxCases,
  fuzz: softmaxFuzz,
  fuzzTolerance: softmaxFuzzTolerance,
};
