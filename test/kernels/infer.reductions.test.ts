import { describe, expect, it } from 'vitest';
import { argmax } from '../../src/kernels/argmax/argmax.js';
import type { TensorSpec } from '../../src/kernels/contract.js';
import { layerNorm } from '../../src/kernels/layer_norm/layer_norm.js';
import { matmul } from '../../src/kernels/matmul/matmul.js';
import { maxPool } from '../../src/kernels/max_pool/max_pool.js';
import { modePool } from '../../src/kernels/mode_pool/mode_pool.js';

const f32 = (...shape: number[]): TensorSpec => ({ shape, dtype: 'f32' });

describe('shapes that do not fit are told with what was found and expected', () => {
  it('layer_norm', () => {
    const groups = (count: number) => ({ groups: count, eps: 1e-5 });
    const run = (size: number, count: number) => () =>
      layerNorm.infer({ x: f32(2, 7, 12), weight: f32(size), bias: f32(size) }, groups(count));
    expect(run(6, 2)).not.toThrow();
    expect(run(6, 5)).toThrow('x is [2, 7, 12], its 12 channels do not make 5 groups');
    expect(run(12, 2)).toThrow('weight is [12], x [2, 7, 12] in 2 groups needs [6]');
  });

  it('mode_pool', () => {
    const run = (x: TensorSpec, size: number, modes: number) => () =>
      modePool.infer({ x, weight: f32(size), bias: f32(1) }, { modes });
    expect(run(f32(2, 7, 12), 4, 3)()).toEqual({ y: f32(2, 7, 4) });
    expect(run(f32(7, 12), 4, 3)).toThrow('x is [7, 12], expected [N, T, modes · C]');
    expect(run(f32(2, 7, 12), 4, 5)).toThrow('its 12 features do not make 5 modes');
    expect(run(f32(2, 7, 12), 5, 3)).toThrow('weight is [5], x [2, 7, 12] in 3 modes needs [4]');
    const norm = { norm_weight: f32(4), norm_bias: f32(4) };
    const more = (inputs: Record<string, TensorSpec>, eps?: number) => () =>
      modePool.infer(
        { x: f32(2, 6, 12), weight: f32(4), bias: f32(1), ...inputs },
        { modes: 3, ...(eps === undefined ? {} : { eps }) },
      );
    expect(more(norm, 1e-5)()).toEqual({ y: f32(2, 6, 4) });
    expect(more({ residual: f32(2, 4, 3, 2) })()).toEqual({ y: f32(2, 4, 3, 2) });
    expect(more({ residual: f32(2, 4, 3, 3) })).toThrow(
      'residual is [2, 4, 3, 3], [2, 6, 4] needs [2, 4, H, W] of 6',
    );
    expect(more({ ...norm, norm_bias: f32(5) }, 1e-5)).toThrow('norm_bias is [5], expected [4]');
    expect(more(norm)).toThrow('norm_weight, norm_bias and eps go together');
    expect(more({ norm_weight: f32(4) }, 1e-5)).toThrow('go together');
    expect(more({}, 1e-5)).toThrow('go together');
  });

  it('matmul', () => {
    const run = (a: TensorSpec, b: TensorSpec, transposeB: boolean) => () =>
      matmul.infer({ a, b }, { transposeB });
    expect(run(f32(3, 5), f32(5, 7), false)()).toEqual({ y: f32(3, 7) });
    expect(run(f32(2, 3, 5), f32(2, 7, 5), true)()).toEqual({ y: f32(2, 3, 7) });
    expect(run(f32(3, 5), f32(7, 5), false)).toThrow('a [3, 5] and b [7, 5] do not fit');
    expect(run(f32(3, 5), f32(5, 7), true)).toThrow('a [3, 5] and b [5, 7] transposed do not fit');
    expect(run(f32(2, 3, 5), f32(3, 5, 7), false)).toThrow('do not fit');
    expect(run(f32(1, 3, 5), f32(5, 7), false)).toThrow('do not fit');
  });

  it('max_pool', () => {
    const run = (kernel: number, padding: number, size = 4) => {
      const attributes = { stride: [1, 1], dilation: [1, 1] } as const;
      return () =>
        maxPool.infer(
          { x: f32(1, 2, size, size) },
          { ...attributes, kernel: [kernel, kernel], padding: [padding, padding] },
        );
    };
    expect(run(3, 1)()).toEqual({ y: f32(1, 2, 4, 4) });
    expect(run(3, 2)).toThrow('a padding from 0 to half of the kernel');
    expect(run(0, 0)).toThrow('expected positive integers');
    expect(run(5, 0)).toThrow('leave nothing of x [1, 2, 4, 4]');
  });

  it('argmax', () => {
    expect(argmax.infer({ x: f32(2, 3, 4, 5) }, { positiveOnly: true })).toEqual({
      index: { shape: [2, 3, 4], dtype: 'u32' },
      value: f32(2, 3, 4),
      around: f32(2, 3, 4),
    });
    expect(() => argmax.infer({ x: f32(4, 5) }, { positiveOnly: true })).toThrow(
      'x is [4, 5], expected [N, C, H, W]',
    );
  });
});
