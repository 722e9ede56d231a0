/** The inner product of `count` values of a from `i` on and of b from `j` on. */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, count: number): number {
  let sum = 0;
  for (let c = 0; c < count; c++) sum += (a[i + c] ?? Number.NaN) * (b[j + c] ?? Number.NaN);
  return sum;
}
