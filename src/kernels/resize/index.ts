import type { KernelSuite } from '../contract.js';
import { resizeCases } from './resize.cases.js';
import { type ResizeAttributes, resize } from './resize.js';
import { resizeReference } from './resize.ref.js';

export { type ResizeMode, resizeTaps } from './taps.js';

export const resizeSuite: KernelSuite<ResizeAttributes> = {
  kernel: resize,
  reference: resizeReference,
  cases: resizeCases,
};
