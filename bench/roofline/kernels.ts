import { operand } from '../../src/kernels/common/operand.js';
import type { Kernel, KernelSuite, Variant } from '../../src/kernels/contract.js';
import { elementCount, storageBytes } from '../../src/kernels/layout.js';
import multiplyAddBody from './multiply_add.wgsl';
import transferBody from './transfer.wgsl';

/** Eight vec4 multiply-adds, or as many in matrix products. */
const FLOPS_PER_STEP = 64;

type PeakAttributes = { readonly threads: number; readonly steps: number };

const multiplyAddForm = (name: string, form: number, few: boolean): Variant<PeakAttributes> => ({
  name,
  plan: ({ inputs, outputs, attributes: { threads, steps } }) => ({
    dispatches: [
      {
        shader: { name: `multiply-add ${name}`, body: multiplyAddBody },
        bindings: ['x', 'y'],
        constants: { FORM: form, FEW: few },
        parameters: {
          steps,
          x_offset: operand(inputs, 'x', name).layout.offset,
          y_offset: operand(outputs, 'y', name).layout.offset,
        },
        workgroups: [threads / 64, 1, 1],
      },
    ],
  }),
});

/** Arithmetic alone: x [2, 4] holds what is multiplied with and added, y [threads, 4] what becomes of it. */
const multiplyAdd: Kernel<PeakAttributes> = {
  name: 'multiply-add peak',
  inputs: ['x'],
  outputs: ['y'],
  infer: (_, { threads }) => ({ y: { shape: [threads, 4], dtype: 'f32' } }),
  cost: ({ attributes: { threads, steps } }) => ({
    flops: threads * steps * FLOPS_PER_STEP,
    bytes: 16 * threads,
  }),
  variants: [
    multiplyAddForm('8 × a * b + c', 0, false),
    multiplyAddForm('8 × fma', 1, false),
    multiplyAddForm('2 × a * b + c', 0, true),
    multiplyAddForm('2 × fma', 1, true),
    multiplyAddForm('matrices', 2, false),
  ],
};

const transferOf = (each: number): Variant => ({
  name: `${each} vec4${each > 1 ? 's' : ''} per thread`,
  plan: ({ outputs }) => ({
    dispatches: [
      {
        shader: { name: `transfer ${each}`, body: transferBody },
        bindings: ['x', 'y'],
        constants: { EACH: each },
        workgroups: [elementCount(operand(outputs, 'y', 'transfer').shape) / 4 / 256 / each, 1, 1],
      },
    ],
  }),
});

/** Memory alone: y is x. */
const transfer: Kernel = {
  name: 'memory bandwidth',
  inputs: ['x'],
  outputs: ['y'],
  infer: ({ x }) => ({ y: x ?? { shape: [], dtype: 'f32' } }),
  cost: ({ outputs }) => ({ flops: 0, bytes: 2 * storageBytes(operand(outputs, 'y', 'transfer')) }),
  variants: [transferOf(1), transferOf(4)],
};

const THREADS = { software: 4096, hardware: 1 << 20 } as const;
const MEBIBYTE = 2 ** 20;

/**
 * The two roofs of an adapter as suites of one case each. Sizes are such that a GPU is full and a software adapter done in
 * some milliseconds; what is copied is larger than caches are.
 */
export function roofSuites(software: boolean): {
  readonly arithmetic: KernelSuite;
  readonly memory: KernelSuite;
} {
  const threads = software ? THREADS.software : THREADS.hardware;
  const rows = ((software ? 32 : 64) * MEBIBYTE) / 16;
  return {
    arithmetic: {
      kernel: multiplyAdd,
      cases: [
        {
          name: `${threads} threads`,
          // The fixed point of a · 0.5 + 0.5 is 1, eight times per thread.
          inputs: { x: { shape: [2, 4], values: [0.5] } },
          attributes: { threads, steps: 1024 },
          tolerance: { absolute: 1e-3, relative: 0 },
          why: 'all sums come to their fixed point, but for roundings',
          bench: true,
        },
      ],
      reference: () => ({ y: { shape: [threads, 4], data: new Float64Array(4 * threads).fill(8) } }),
    },
    memory: {
      kernel: transfer,
      cases: [
        {
          name: `${(rows * 16) / MEBIBYTE} MiB copied`,
          inputs: { x: { shape: [rows, 4] } },
          attributes: {},
          tolerance: { absolute: 0, relative: 0 },
          why: 'a copy is exact',
          bench: true,
        },
      ],
      reference: ({ x }) => ({ y: x ?? { shape: [], data: new Float64Array() } }),
    },
  };
}
