import type { KernelSuite } from '../contract.js';
import { concatCases, concatFuzz } from './concat.cases.js';
import { type ConcatAttributes, concat } from './concat.js';
import { concatReference } from './concat.ref.js';

export const concatSuite: KernelSuite<ConcatAttributes> = {
  kernel: concat,
  reference: concatReference,
  cases: concatCases,
  fuzz: concatFuzz,
};
