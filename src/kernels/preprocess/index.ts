import type { KernelSuite } from '../contract.js';
import { preprocessCases, preprocessFuzz } from './preprocess.cases.js';
import { type PreprocessAttributes, preprocess } from './preprocess.js';
import { preprocessReference } from './preprocess.ref.js';

export const preprocessSuite: KernelSuite<PreprocessAttributes> = {
  kernel: preprocess,
  reference: preprocessReference,
  cases: preprocessCases,
  fuzz: preprocessFuzz,
};
