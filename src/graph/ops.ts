import { activation } from '../kernels/activation/activation.js';
import type { Activation } from '../kernels/common/activation.js';
import { concat as concatKernel } from '../kernels/concat/concat.js';
import { conv2d as conv2dKernel } from '../kernels/conv2d/conv2d.js';
import { extentOf } from '../kernels/layout.js';
import { multiply as multiplyKernel } from '../kernels/multiply/multiply.js';
import { pixelShuffle as pixelShuffleKernel } from '../kernels/pixel_shuffle/pixel_shuffle.js';
import { resize as resizeKernel } from '../kernels/resize/resize.js';
import { type ResizeMode, resizeTaps } from '../kernels/resize/taps.js';
import { sum } from '../kernels/sum/sum.js';
import { transposeHw as transposeHwKernel } from '../kernels/transpose_hw/transpose_hw.js';
import type { GraphBuilder } from './builder.js';
import type { Value } from './graph.js';

/** As of nn.Conv2d, the same on both axes; `dtype` of the result is that of the graph unless given. */
export interface Conv2dOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly dtype?: 'f32' | 'f16';
}

/**
 * Part of a model whose tensors' names begin with a prefix, as a PyTorch module's do: its layers are named as in
 * the state dict, and so are the values they make.
 */
export class Module {
  readonly builder: GraphBuilder;
  readonly path: string;

  constructor(builder: GraphBuilder, path = '') {
    this.builder = builder;
    this.path = path;
  }

  /** The submodule of that name. */
  child(name: string | number): Module {
    return new Module(this.builder, this.#name(String(name)));
  }

  /** Whether the state dict has this tensor, or any below this name. */
  has(name: string): boolean {
    return this.builder.hasWeight(this.#name(name));
  }

  /** The tensor of that name. */
  weight(name: string): Value {
    return this.builder.weight(this.#name(name));
  }

  /** nn.Conv2d `name`, with its bias if the state dict has one; x [N, C, H, W]. */
  conv2d(name: string, x: Value, options: Conv2dOptions = {}): Value {
    const { stride = 1, padding = 0, dilation = 1, groups = 1, dtype } = options;
    const path = this.#name(name);
    const inputs = {
      x,
      weight: this.builder.weight(`${path}.weight`, this.builder.dtype),
      bias: this.has(`${name}.bias`) ? this.builder.weight(`${path}.bias`) : undefined,
    };
    return this.builder.apply(conv2dKernel, path, inputs, {
      stride: [stride, stride],
      padding: [padding, padding],
      dilation: [dilation, dilation],
      groups,
      ...(dtype ? { dtype } : {}),
    });
  }

  /** nn.Linear `name` over the channels of x [N, T, C]. */
  linear(name: string, x: Value): Value {
    return this.#linear(name, x, this.builder.weight(`${this.#name(name)}.weight`, this.builder.dtype), 1);
  }

  /** nn.Linear `name` applied to each of `parts` equal chunks of the channels of x [N, T, parts · C]. */
  repeatedLinear(name: string, x: Value, parts: number): Value {
    const { builder } = this;
    const path = this.#name(name);
    const repeat = (part: string, dtype: 'f32' | 'f16'): Value => {
      const value = builder.weight(`${path}.${part}`);
      const [rows = 0, ...rest] = value.spec.shape;
      const copies = Array.from({ length: parts }, () => builder.constantOf(value));
      const spec = { shape: [rows * parts, ...rest], dtype };
      return builder.constant(`${path}.${part}`, { kind: 'stacked', parts: copies }, spec);
    };
    const weight = repeat('weight', builder.dtype);
    const bias = this.has(`${name}.bias`) ? repeat('bias', 'f32') : undefined;
    return builder.apply(conv2dKernel, path, { x, weight, bias }, { groups: parts });
  }

  /** nn.Conv1d `name` with kernel 1 and groups, over the channels of x [N, T, C]. */
  groupedLinear(name: string, x: Value, groups: number): Value {
    const { builder } = this;
    const weight = builder.weight(`${this.#name(name)}.weight`, builder.dtype);
    const [rows = 0, columns = 0] = weight.spec.shape;
    return this.#linear(name, x, builder.reshaped(weight, [rows, columns]), groups);
  }

  /** nn.BatchNorm2d `name` with its running statistics: a 1 × 1 convolution of each channel by itself. */
  batchNorm(name: string, x: Value, epsilon = 1e-5): Value {
    const { builder } = this;
    const path = this.#name(name);
    const { c } = extentOf(x.spec.shape);
    const constant = (part: string) => builder.constantOf(builder.weight(`${path}.${part}`));
    const scale = {
      kind: 'batch-norm-scale',
      gamma: constant('weight'),
      variance: constant('running_var'),
      epsilon,
    } as const;
    const shift = {
      kind: 'batch-norm-shift',
      beta: constant('bias'),
      mean: constant('running_mean'),
      scale,
    } as const;
    const weight = builder.constant(`${path}.scale`, scale, { shape: [c, 1, 1, 1], dtype: builder.dtype });
    const bias = builder.constant(`${path}.shift`, shift, { shape: [c], dtype: 'f32' });
    return builder.apply(conv2dKernel, path, { x, weight, bias }, { groups: c });
  }

  /** max(x, 0); a NaN stays a NaN. */
  relu(x: Value): Value {
    return this.activation(x, 'relu');
  }

  /** 1 / (1 + exp(−x)). */
  sigmoid(x: Value): Value {
    return this.activation(x, 'sigmoid');
  }

  /** Exact GELU. */
  gelu(x: Value): Value {
    return this.activation(x, 'gelu');
  }

  /** The activation of that name, elementwise. */
  activation(x: Value, kind: Exclude<Activation, 'none'>): Value {
    return this.builder.apply(activation, `${x.label}.${kind}`, { x }, { activation: kind });
  }

  /** a + b, of one shape. */
  add(a: Value, b: Value): Value {
    return this.builder.apply(sum, this.#name('add'), { a, b }, { factors: [1, 1], activation: 'none' });
  }

  /** a · b; b may have one channel. */
  multiply(a: Value, b: Value): Value {
    return this.builder.apply(multiplyKernel, `${a.label}.multiply`, { a, b }, {});
  }

  /** Up to four tensors, one after the other along channels. */
  concat(label: string, parts: readonly Value[]): Value {
    const [a, b, c, d, ...more] = parts;
    if (more.length > 0)
      throw new Error(`${label}: ${parts.length} tensors to concatenate; four is the most`);
    return this.builder.apply(concatKernel, label, { a, b, c, d }, { axis: 1 });
  }

  /** F.interpolate to height × width. */
  resize(
    label: string,
    x: Value,
    height: number,
    width: number,
    mode: ResizeMode,
    alignCorners = false,
  ): Value {
    const { h, w } = extentOf(x.spec.shape);
    const columns = this.builder.data(`${label}.columns`, resizeTaps(w, width, mode, alignCorners), [
      width,
      4,
    ]);
    const rows = this.builder.data(`${label}.rows`, resizeTaps(h, height, mode, alignCorners), [height, 4]);
    return this.builder.apply(
      resizeKernel,
      label,
      { x, columns, rows },
      { mode, height, width, alignCorners },
    );
  }

  /** nn.PixelShuffle: [N, C · factor², H, W] → [N, C, H · factor, W · factor]. */
  pixelShuffle(label: string, x: Value, factor: number): Value {
    return this.builder.apply(pixelShuffleKernel, label, { x }, { factor });
  }

  /** [N, C, H, W] with rows and columns exchanged. */
  transposeHw(label: string, x: Value): Value {
    return this.builder.apply(transposeHwKernel, label, { x }, {});
  }

  /** The image's pixels as tokens, row by row: [N, C, H, W] → [N, H·W, C]. */
  tokens(x: Value): Value {
    const { n, h, w, c } = extentOf(x.spec.shape);
    return this.builder.view(`${x.label}.tokens`, x, [n, h * w, c]);
  }

  /** Tokens as an image of the given height and width: [N, H·W, C] → [N, C, H, W]. */
  image(x: Value, height: number, width: number): Value {
    const { n, c } = extentOf(x.spec.shape);
    return this.builder.view(`${x.label}.image`, x, [n, c, height, width]);
  }

  #linear(name: string, x: Value, weight: Value, groups: number): Value {
    const bias = this.has(`${name}.bias`) ? this.builder.weight(`${this.#name(name)}.bias`) : undefined;
    return this.builder.apply(conv2dKernel, this.#name(name), { x, weight, bias }, { groups });
  }

  #name(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}
