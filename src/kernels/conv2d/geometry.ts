import type { Activation } from '../common/activation.js';
import { operand } from '../common/operand.js';
import type { Call, Specs, TensorSpec } from '../contract.js';
import { extentOf } from '../layout.js';

export type Conv2dAttributes = {
  readonly stride?: readonly number[];
  readonly padding?: readonly number[];
  readonly dilation?: readonly number[];
  readonly groups?: number;
  /**
   * Number of weight sets: with k branches the weight is [k · O, I, kh, kw], the batch is k equal parts, and each
   * part has a set of its own. This is how isomorphic branches run as one.
   */
  readonly branches?: number;
  readonly activation?: Activation;
  /** Nearest-upsampling factor of each residual that is present, in order. */
  readonly factors?: readonly number[];
  /** Element type of the result when it is not that of x. */
  readonly dtype?: 'f32' | 'f16';
};

/** A convolution's geometry with every default filled in, rows before columns. */
export interface ConvGeometry {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly branches: number;
  readonly activation: Activation;
  readonly factors: readonly number[];
  /** Output channels of one branch. */
  readonly cout: number;
  readonly cin: number;
}

export const RESIDUALS = ['r0', 'r1', 'r2'] as const;

const pair = (values: readonly number[] | undefined, otherwise: number): [number, number] => {
  const [first = otherwise, second = first] = values ?? [];
  return [first, second];
};

/** Reads a convolution's geometry off its operands and attributes. */
export function geometry(inputs: Specs, attributes: Conv2dAttributes): ConvGeometry {
  const weight = operand(inputs, 'weight', 'conv2d').shape;
  const { groups = 1, branches = 1, activation = 'none', factors = [] } = attributes;
  const [rows = 1, cinPerGroup = 1, kh = 1, kw = 1] = weight;
  return {
    kernel: [kh, kw],
    stride: pair(attributes.stride, 1),
    padding: pair(attributes.padding, 0),
    dilation: pair(attributes.dilation, 1),
    groups,
    branches,
    activation,
    factors,
    cout: rows / branches,
    cin: cinPerGroup * groups,
  };
}

/** The residuals that are present, with their factors. */
export const residuals = <T extends Pick<TensorSpec, 'shape'>>(
  inputs: Readonly<Record<string, T>>,
  factors: readonly number[],
): { name: (typeof RESIDUALS)[number]; spec: T; factor: number }[] =>
  RESIDUALS.flatMap((name) => {
    const spec = inputs[name];
    return spec ? [{ name, spec }] : [];
  }).map(({ name, spec }, i) => ({ name, spec, factor: factors[i] ?? 1 }));

/** Where a shader finds the taps of an output pixel: the image's extents, and how the kernel lies on it. */
export function tapParameters({ inputs, attributes }: Call<Conv2dAttributes>): Record<string, number> {
  const { kernel, stride, padding, dilation } = geometry(inputs, attributes);
  const { shape, layout } = operand(inputs, 'x', 'conv2d');
  const { h, w } = extentOf(shape);
  return {
    x_h: h,
    x_w: w,
    x_offset: layout.offset,
    x_stride: layout.stride,
    kernel_h: kernel[0],
    kernel_w: kernel[1],
    stride_h: stride[0],
    stride_w: stride[1],
    padding_h: padding[0],
    padding_w: padding[1],
    dilation_h: dilation[0],
    dilation_w: dilation[1],
  };
}
