import type { ShaderSource } from '../contract.js';
import activationWgsl from './activation.wgsl';

export const ACTIVATIONS = ['none', 'relu', 'sigmoid', 'gelu'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** The value of the shader constant ACTIVATION. */
export const activationCode = (activation: Activation): number => ACTIVATIONS.indexOf(activation);

/** WGSL that defines `activate(vec4<f32>)`; the including shader's dispatch sets ACTIVATION. */
export const activationInclude: NonNullable<ShaderSource['includes']>[number] = activationWgsl;

/** The activation in float64. */
export function activate(x: number, activation: Activation): number {
  switch (activation) {
    case 'relu':
      return x < 0 ? 0 : x;
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
    case 'gelu':
      return 0.5 * x * (1 + erf(x / Math.SQRT2));
    default:
      return x;
  }
}

/** erf to about 1e-15: its Taylor series below 2.5, a continued fraction of erfc above (DLMF 7.6.1, 7.9.2). */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; k < 100 && Math.abs(term) > 1e-18; k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}
