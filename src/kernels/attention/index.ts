import type { KernelSuite } from '../contract.js';
import { attentionCases, attentionFuzz, attentionFuzzTolerance } from './attention.cases.js';
import { type AttentionAttributes, attention } from './attention.js';
import { attentionReference } from './attention.ref.js';

export const attentionSuite: KernelSuite<AttentionAttributes> = {
  kernel: attention,
  reference: attentionReference,
  cases: attentionCases,
  fuzz: attentionFuzz,
  fuzzTolerance: attentionFuzzTolerance,
};
