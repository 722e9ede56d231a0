import type { ShaderSource } from '../contract.js';
import activationWgsl from './activation.wgsl';

export const ACTIVATIONS = ['none', 'relu', 'sigmoid', 'gelu'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** The value of the shader constant ACTIVATION. */
export const activationCode = (activation: Activation): number => ACTIVATIONS.indexOf(activation);

/** WGSL that defines `activate(vec4<f32>)`; the including shader's dispatch sets ACTIVATION. */
export const activationInclude: NonNullable<ShaderSource['includes']>[number] = activationWgsl;

/** The activation in float64; NaN stays NaN. GELU of -∞ is NaN, as in PyTorch. */
export function activate(x: number, activation: Activation): number {
  switch (activation) {
    case 'relu':
      return Math.max(x, 0);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
    case 'gelu':
      return 0.5 * x * erfc(-x / Math.SQRT2);
    default:
      return x;
  }
}

/** Where erfc goes over from 1 - erf to its continued fraction. */
const SERIES_LIMIT = 2;

/**
 * The complementary error function to a relative error of about 1e-13: 1 minus the Taylor series of erf below 2
 * (DLMF 7.6.1), the continued fraction above (DLMF 7.9.2). It vanishes above 27.3.
 */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < -SERIES_LIMIT) return 2 - erfc(-x);
  if (x > SERIES_LIMIT) {
    if (x > 27.3) return 0;
    let fraction = 0;
    for (let k = 120; k > 0; k--) fraction = k / 2 / (x + fraction);
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }
  let term = x;
  let sum = x;
  for (let k = 1; k < 100 && Math.abs(term) > 1e-20; k++) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return 1 - (2 / Math.sqrt(Math.PI)) * sum;
}
