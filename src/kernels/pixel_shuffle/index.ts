import type { KernelSuite } from '../contract.js';
import { pixelShuffleCases, pixelShuffleFuzz } from './pixel_shuffle.cases.js';
import { type PixelShuffleAttributes, pixelShuffle } from './pixel_shuffle.js';
import { pixelShuffleReference } from './pixel_shuffle.ref.js';

export const pixelShuffleSuite: KernelSuite<PixelShuffleAttributes> = {
  kernel: pixelShuffle,
  reference: pixelShuffleReference,
  cases: pixelShuffleCases,
  fuzz: pixelShuffleFuzz,
};
