import type { ConstantValue, Operand, Plan, ShaderSource } from '../contract.js';
import { extentOf, vec4s } from '../layout.js';
import { linearGrid } from './grid.js';

/**
 * One dispatch with a thread for every vec4 of `output`, channels fastest, then columns, rows and images. The
 * shader's flat index is `id.y * ROW + id.x`; it must return where that is past the end.
 */
export function vec4Plan(
  output: Operand,
  shader: ShaderSource,
  bindings: readonly string[],
  constants: Readonly<Record<string, ConstantValue>> = {},
): Plan {
  const { n, h, w, c } = extentOf(output.shape);
  const { workgroups, rowThreads } = linearGrid(n * h * w * vec4s(c));
  return { dispatches: [{ shader, bindings, constants: { ...constants, ROW: rowThreads }, workgroups }] };
}
