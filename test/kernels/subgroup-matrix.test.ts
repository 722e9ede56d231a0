import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/graph/device.js';
import type { Call, KernelLimits, SubgroupMatrixConfig } from '../../src/kernels/contract.js';
import { conv2d } from '../../src/kernels/conv2d/conv2d.js';
import { denseOperand } from '../../src/kernels/layout.js';
import { buildShader } from '../../src/kernels/shader.js';

const config = (
  componentType: string,
  resultComponentType: string,
  [M, N, K]: readonly [number, number, number],
): SubgroupMatrixConfig => ({ componentType, resultComponentType, M, N, K });

const limits = (configs: readonly SubgroupMatrixConfig[], subgroupSize = 32): KernelLimits => ({
  ...DEFAULT_LIMITS,
  subgroupSize,
  software: false,
  subgroupMatrixConfigs: configs,
});

const callOf = (dtype: 'f32' | 'f16', weight = dtype): Call => ({
  inputs: {
    x: denseOperand({ shape: [1, 64, 16, 16], dtype }),
    weight: denseOperand({ shape: [64, 64, 3, 3], dtype: weight }),
  },
  outputs: { y: denseOperand({ shape: [1, 64, 16, 16], dtype }) },
  attributes: { padding: [1, 1] },
});

const legalOnes = (call: Call, on: KernelLimits) =>
  conv2d.variants.filter(
    ({ name, legal }) => name.endsWith('by subgroup matrix') && (legal?.(call, on) ?? true),
  );

/** The shaders' constants of the first legal one, with the type of what is multiplied. */
function constantsOf(call: Call, on: KernelLimits): string[] {
  const [variant] = legalOnes(call, on);
  const [dispatch] = variant?.plan(call, on).dispatches ?? [];
  if (!dispatch) return [];
  const { code } = buildShader(dispatch, { ...call.inputs, ...call.outputs }, conv2d.optional);
  expect(code.split('\n').slice(0, 3).join('\n')).toContain(
    'enable subgroups;\nenable chromium_experimental_subgroup_matrix;',
  );
  return [...code.matchAll(/^(?:const [MNK]: u32|alias COMPONENT) = (\w+);$/gm)].map(
    ([, value = '']) => value,
  );
}

const APPLE = [config('f32', 'f32', [8, 8, 8]), config('f16', 'f16', [8, 8, 8])];
const NVIDIA = [
  config('f16', 'f16', [16, 16, 16]),
  config('f16', 'f32', [16, 16, 16]),
  config('f16', 'f32', [16, 8, 8]),
];

describe('convolutions by subgroup matrices', () => {
  it('take the first configuration that sums up in f32', () => {
    expect(constantsOf(callOf('f16'), limits(NVIDIA))).toEqual(['16u', '16u', '16u', 'f16']);
  });

  it('multiply half precision in f32 where sums in f32 are had for nothing less', () => {
    expect(constantsOf(callOf('f16'), limits(APPLE))).toEqual(['8u', '8u', '8u', 'f32']);
  });

  it('never round what they multiply', () => {
    expect(constantsOf(callOf('f32'), limits(APPLE))).toEqual(['8u', '8u', '8u', 'f32']);
    expect(legalOnes(callOf('f32'), limits(NVIDIA))).toEqual([]);
    expect(legalOnes(callOf('f16', 'f32'), limits(NVIDIA))).toEqual([]);
  });

  it('leave tiles alone that matrices do not fill', () => {
    const wide = legalOnes(callOf('f16'), limits([config('f16', 'f32', [8, 32, 16])]));
    expect(wide.map(({ name }) => name)).toEqual(['gemm 64×64 by subgroup matrix']);
    expect(legalOnes(callOf('f16'), limits([config('f16', 'f32', [8, 8, 32])]))).toEqual([]);
    expect(legalOnes(callOf('f16'), limits([config('f16', 'f32', [6, 8, 8])]))).toEqual([]);
  });

  it('need subgroups of one known size, within the limits', () => {
    expect(legalOnes(callOf('f16'), limits(NVIDIA, 0))).toEqual([]);
    expect(legalOnes(callOf('f16'), limits(NVIDIA, 128))).toEqual([]);
    expect(legalOnes(callOf('f16'), limits(NVIDIA, 64))).not.toEqual([]);
    expect(legalOnes(callOf('f16'), { ...limits(NVIDIA), maxComputeWorkgroupStorageSize: 4096 })).toEqual([]);
  });

  it('are nobody’s choice unmeasured', () => {
    for (const variant of legalOnes(callOf('f16'), limits(NVIDIA)))
      expect(variant.preferred?.(callOf('f16'), limits(NVIDIA))).toBe(false);
  });
});
