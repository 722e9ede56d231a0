import type { KernelSuite } from '../contract.js';
import { layerNormCases, layerNormFuzz, layerNormFuzzTolerance } from './layer_norm.cases.js';
import { type LayerNormAttributes, layerNorm } from './layer_norm.js';
import { layerNormReference } from './layer_norm.ref.js';

export const layerNormSuite: KernelSuite<LayerNormAttributes> = {
  kernel: layerNorm,
  reference: layerNormReference,
  cases: layerNormCases,
  fuzz: layerNormFuzz,
  fuzzTolerance: layerNormFuzzTolerance,
};
