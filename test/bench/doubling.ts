import type { Kernel, KernelSuite, Variant } from '../../src/kernels/contract.js';

const HEAD = `
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {`;

const variant = (name: string, lines: string): Variant => ({
  name,
  plan: () => ({
    dispatches: [
      {
        shader: { name, body: `${HEAD}\n${lines}\n}` },
        bindings: ['x', 'y'],
        constants: {},
        workgroups: [1, 1, 1],
      },
    ],
  }),
});

const DOUBLED = 'y[Y_OFFSET + id.x] = 2.0 * x[X_OFFSET + id.x];';

/** y = 2 x, of 256 values in 64 rows: as it should be, and in every way that a bench must refuse. */
const doubling: Kernel = {
  name: 'doubling',
  inputs: ['x'],
  outputs: ['y'],
  infer: ({ x }) => ({ y: { shape: x?.shape ?? [], dtype: 'f32' } }),
  cost: () => ({ flops: 256, bytes: 2048 }),
  variants: [
    variant('right', DOUBLED),
    variant('imprecise', DOUBLED.replace('2.0', '2.001')),
    variant('overflowing', `${DOUBLED} y[0] = vec4<f32>();`),
    variant('misspelt', DOUBLED.replace('id.x]', 'id.w]')),
    { ...variant('unsuited', DOUBLED), legal: () => false },
    variant('also right', DOUBLED),
  ],
};

export const doublingSuite: KernelSuite = {
  kernel: doubling,
  reference: ({ x }) => ({
    y: { shape: x?.shape ?? [], data: (x?.data ?? new Float64Array()).map((value) => 2 * value) },
  }),
  cases: [
    {
      name: 'rows of four',
      inputs: { x: { shape: [64, 4], low: 1, high: 2 } },
      attributes: {},
      tolerance: { absolute: 0, relative: 1e-6 },
      why: 'doubling is exact',
      bench: true,
    },
    {
      name: 'not for the bench',
      inputs: { x: { shape: [64, 4] } },
      attributes: {},
      tolerance: { absolute: 0, relative: 0 },
      why: 'doubling is exact',
    },
  ],
};
