import type { RefTensor } from '../../src/kernels/contract.js';
import type { Tolerance } from './tolerance.js';

/** Worst disagreement beyond the tolerance, as a sentence; undefined when all agree. NaN and infinities must match in kind. */
export function compare(got: RefTensor, want: RefTensor, tolerance: Tolerance): string | undefined {
  if (got.shape.join() !== want.shape.join()) return `shape [${got.shape}] instead of [${want.shape}]`;
  let worst = 0;
  let message: string | undefined;
  for (let i = 0; i < want.data.length; i++) {
    const g = got.data[i] ?? 0;
    const w = want.data[i] ?? 0;
    if (Object.is(g, w) || g === w || (Number.isNaN(g) && Number.isNaN(w))) continue;
    const allowed = tolerance.absolute + tolerance.relative * Math.abs(w);
    const excess = Number.isFinite(g) && Number.isFinite(w) ? Math.abs(g - w) / allowed : Infinity;
    if (!(excess <= 1) && !(excess <= worst)) {
      worst = excess;
      message = `element ${i} of [${want.shape}]: got ${g}, want ${w}, distance ${Math.abs(g - w)}, allowed ${allowed}`;
    }
  }
  return message;
}
