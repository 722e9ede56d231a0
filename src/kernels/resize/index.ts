import type { KernelSuite } from '../contract.js';
import { resizeCases, resizeFuzz, resizeFuzzTolerance } from './resize.cases.js';
import { type ResizeAttributes, resize } from './resize.js';
import { resizeReference } from './resize.ref.js';

export { type ResizeMode, resizeTaps } from './taps.js';

export const resizeSuite: KernelSuite<ResizeAttributes> = {
  kernel: resize,
  reference: resizeReference,
  cases: resizeCases,
  fuzz: resizeFuzz,
  fuzzTolerance: resizeFuzzTolerance,
};
