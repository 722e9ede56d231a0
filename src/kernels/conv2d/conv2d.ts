import { ACTIVATIONS } from '../common/activation.js';
import { formatShape, operand } from '../common/operand.js';
import type { Kernel, TensorSpec } from '../contract.js';
import { elementCount, extentOf, storageBytes } from '../layout.js';
import { depthwise } from './depthwise.js';
import { direct } from './direct.js';
import { gemm } from './gemm.js';
import { type Conv2dAttributes, type ConvGeometry, geometry, RESIDUALS, residuals } from './geometry.js';
import { winogradBySubgroup, winogradByThread } from './winograd.js';

function checkWeight(x: TensorSpec, weight: TensorSpec, g: ConvGeometry): void {
  const shapes = `x ${formatShape(x.shape)} and weight ${formatShape(weight.shape)}`;
  const linear = weight.shape.length === 2;
  if (!linear && weight.shape.length !== 4)
    throw new Error(`conv2d: weight must be [O, I, kh, kw] or [O, I]: ${shapes}`);
  if (!linear && x.shape.length !== 4)
    throw new Error(`conv2d: x must be [N, C, H, W] for a weight of rank 4: ${shapes}`);
  if (!Number.isInteger(g.cout) || g.cout % g.groups !== 0)
    throw new Error(
      `conv2d: ${g.branches} branches and ${g.groups} groups do not divide the output channels: ${shapes}`,
    );
  const { n, c } = extentOf(x.shape);
  if (c !== g.cin)
    throw new Error(
      `conv2d: x has ${c} channels, the weight with ${g.groups} groups takes ${g.cin}: ${shapes}`,
    );
  if (n % g.branches !== 0)
    throw new Error(`conv2d: a batch of ${n} is not ${g.branches} equal branches: ${shapes}`);
  if (!ACTIVATIONS.includes(g.activation)) throw new Error(`conv2d: no activation '${g.activation}'`);
}

/**
 * Convolution over images, or a linear layer over the channels of any tensor when the weight has rank 2, with
 * everything that can follow it in the same pass: y = activate(conv(x) + bias + residuals), the residuals
 * optionally upsampled (nearest). x [N, C, H, W], weight [O, C / groups, kh, kw], bias [O]; the weight is a constant.
 */
export const conv2d: Kernel<Conv2dAttributes> = {
  name: 'conv2d',
  inputs: ['x', 'weight', 'bias', ...RESIDUALS],
  optional: ['bias', ...RESIDUALS],
  constants: ['weight', 'bias'],
  blocked: ['x'],
  outputs: ['y'],
  infer(inputs, attributes) {
    const x = operand(inputs, 'x', 'conv2d');
    const weight = operand(inputs, 'weight', 'conv2d');
    const g = geometry(inputs, attributes);
    checkWeight(x, weight, g);
    const { bias } = inputs;
    if (bias && elementCount(bias.shape) !== g.cout * g.branches)
      throw new Error(
        `conv2d: bias ${formatShape(bias.shape)} does not fit weight ${formatShape(weight.shape)}`,
      );
    const dtype = attributes.dtype ?? x.dtype;
    const out = (size: number, axis: 0 | 1): number =>
      Math.floor(
        (size + 2 * g.padding[axis] - g.dilation[axis] * (g.kernel[axis] - 1) - 1) / g.stride[axis],
      ) + 1;
    const { n, h, w } = extentOf(x.shape);
    const shape =
      x.shape.length === 4 ? [n, g.cout, out(h, 0), out(w, 1)] : [...x.shape.slice(0, -1), g.cout];
    if (shape.some((size) => size < 1))
      throw new Error(
        `conv2d: x ${formatShape(x.shape)} is smaller than the kernel of weight ${formatShape(weight.shape)}`,
      );
    for (const { name, spec, factor } of residuals(inputs, g.factors)) {
      const want = shape.map((size, axis) => (axis >= 2 ? size / factor : size));
      if (spec.shape.join() !== want.join())
        throw new Error(
          `conv2d: residual ${name} ${formatShape(spec.shape)} upsampled ${factor} times does not fit ${formatShape(shape)}`,
        );
    }
    return { y: { shape, dtype } };
  },
  cost({ inputs, outputs, attributes }) {
    const g = geometry(inputs, attributes);
    const y = operand(outputs, 'y', 'conv2d');
    const flops = (2 * elementCount(y.shape) * g.cin * g.kernel[0] * g.kernel[1]) / g.groups;
    const operands = [...Object.values(inputs), y];
    return { flops, bytes: operands.reduce((sum, spec) => sum + storageBytes(spec), 0) };
  },
  variants: [depthwise, ...winogradBySubgroup, ...winogradByThread, ...gemm, ...direct],
};
