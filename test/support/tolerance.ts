import type { Kernel, KernelCase } from '../../src/kernels/contract.js';

export type Tolerance = KernelCase['tolerance'];

/** f16 storage: inputs are exact and accumulation is f32, so what is lost is one rounding of the result to 11 bits. */
export const HALF: Tolerance = { absolute: 2e-3, relative: 1e-3 };

/** Passes whatever either of the two passes. */
export const widen = (a: Tolerance, b: Tolerance): Tolerance => ({
  absolute: Math.max(a.absolute, b.absolute),
  relative: Math.max(a.relative, b.relative),
});

/** What a kernel's variant may be off: a case's tolerance is for plain sums. */
export function toleranceFor(kernel: Kernel, variant: string, { absolute, relative }: Tolerance): Tolerance {
  const { errorFactor = 1 } = kernel.variants.find(({ name }) => name === variant) ?? {};
  return { absolute: errorFactor * absolute, relative: errorFactor * relative };
}
