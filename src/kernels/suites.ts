import { activationSuite } from './activation/index.js';
import { argmaxSuite } from './argmax/index.js';
import { attentionSuite } from './attention/index.js';
import { concatSuite } from './concat/index.js';
import type { KernelSuite } from './contract.js';
import { conv2dSuite } from './conv2d/index.js';
import { copySuite } from './copy/index.js';
import { countNotFiniteSuite } from './count_not_finite/index.js';
import { cropAndResizeSuite } from './crop_and_resize/index.js';
import { layerNormSuite } from './layer_norm/index.js';
import { matmulSuite } from './matmul/index.js';
import { maxPoolSuite } from './max_pool/index.js';
import { modePoolSuite } from './mode_pool/index.js';
import { multiplySuite } from './multiply/index.js';
import { pixelShuffleSuite } from './pixel_shuffle/index.js';
import { preprocessSuite } from './preprocess/index.js';
import { resizeSuite } from './resize/index.js';
import { scoreLimitSuite } from './score_limit/index.js';
import { softmaxSuite } from './softmax/index.js';
import { sumSuite } from './sum/index.js';
import { transposeHwSuite } from './transpose_hw/index.js';

/** Every kernel with its reference and cases: what the parity test, the fuzz test and the bench run over. */
export const suites: readonly KernelSuite[] = [
  activationSuite,
  argmaxSuite,
  attentionSuite,
  scoreLimitSuite,
  layerNormSuite,
  matmulSuite,
  maxPoolSuite,
  modePoolSuite,
  softmaxSuite,
  concatSuite,
  conv2dSuite,
  copySuite,
  countNotFiniteSuite,
  cropAndResizeSuite,
  multiplySuite,
  pixelShuffleSuite,
  preprocessSuite,
  resizeSuite,
  sumSuite,
  transposeHwSuite,
];
