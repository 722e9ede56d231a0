import type { KernelSuite } from '../contract.js';
import { scoreLimitCases, scoreLimitFuzz, scoreLimitFuzzTolerance } from './score_limit.cases.js';
import { type ScoreLimitAttributes, scoreLimit } from './score_limit.js';
import { scoreLimitReference } from './score_limit.ref.js';

export const scoreLimitSuite: KernelSuite<ScoreLimitAttributes> = {
  kernel: scoreLimit,
  reference: scoreLimitReference,
  cases: scoreLimitCases,
  fuzz: scoreLimitFuzz,
  fuzzTolerance: scoreLimitFuzzTolerance,
};
