import type { KernelCase } from '../../src/kernels/contract.js';

export type Tolerance = KernelCase['tolerance'];

/** f16 storage: inputs are exact and accumulation is f32, so what is lost is one rounding of the result to 11 bits. */
export const HALF: Tolerance = { absolute: 2e-3, relative: 1e-3 };

/** Passes whatever either of the two passes. */
export const widen = (a: Tolerance, b: Tolerance): Tolerance => ({
  absolute: Math.max(a.absolute, b.absolute),
  relative: Math.max(a.relative, b.relative),
});
