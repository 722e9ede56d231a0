import type { KernelSuite } from '../contract.js';
import { copyCases, copyFuzz } from './copy.cases.js';
import { type CopyAttributes, copy } from './copy.js';
import { copyReference } from './copy.ref.js';

export const copySuite: KernelSuite<CopyAttributes> = {
  kernel: copy,
  reference: copyReference,
  cases: copyCases,
  fuzz: copyFuzz,
};
