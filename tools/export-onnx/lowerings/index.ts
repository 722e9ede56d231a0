import type { Lowering } from '../lowering.js';
import { argmaxLowering } from './argmax.js';
import { AttentionLowerings } from './attention.js';
import { conv2dLowering } from './conv2d.js';
import { cropAndResizeLowering } from './crop-and-resize.js';
import {
  activationLowering,
  concatLowering,
  copyLowering,
  multiplyLowering,
  sumLowering,
} from './elementwise.js';
import {
  layerNormLowering,
  matmulLowering,
  maxPoolLowering,
  modePoolLowering,
  softmaxLowering,
} from './reductions.js';
import { pixelShuffleLowering, resizeLowering, transposeHwLowering } from './resize.js';

/** How each kernel is said in ONNX, by the kernel's name; made anew for every graph. */
export function makeLowerings(): ReadonlyMap<string, Lowering> {
  const { attention, scoreLimit } = new AttentionLowerings();
  return new Map<string, Lowering>([
    ['activation', activationLowering],
    ['argmax', argmaxLowering],
    ['attention', attention],
    ['concat', concatLowering],
    ['conv2d', conv2dLowering],
    ['copy', copyLowering],
    ['crop_and_resize', cropAndResizeLowering],
    ['layer_norm', layerNormLowering],
    ['matmul', matmulLowering],
    ['max_pool', maxPoolLowering],
    ['mode_pool', modePoolLowering],
    ['multiply', multiplyLowering],
    ['pixel_shuffle', pixelShuffleLowering],
    ['resize', resizeLowering],
    ['score_limit', scoreLimit],
    ['softmax', softmaxLowering],
    ['sum', sumLowering],
    ['transpose_hw', transposeHwLowering],
  ]);
}
