import type { KernelSuite } from '../contract.js';
import {
  cropAndResizeCases,
  cropAndResizeFuzz,
  cropAndResizeFuzzTolerance,
} from './crop_and_resize.cases.js';
import { type CropAndResizeAttributes, cropAndResize } from './crop_and_resize.js';
import { cropAndResizeReference } from './crop_and_resize.ref.js';

export { type CropAxis, cropPositions } from './positions.js';

export const cropAndResizeSuite: KernelSuite<CropAndResizeAttributes> = {
  kernel: cropAndResize,
  reference: cropAndResizeReference,
  cases: cropAndResizeCases,
  fuzz: cropAndResizeFuzz,
  fuzzTolerance: cropAndResizeFuzzTolerance,
};
