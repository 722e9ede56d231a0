import { activationCode, activationInclude } from '../common/activation.js';
import lanes from '../common/lanes.wgsl';
import { operand } from '../common/operand.js';
import { vec4Plan } from '../common/vec4-plan.js';
import type { Variant } from '../contract.js';
import { vec4s } from '../layout.js';
import body from './depthwise.wgsl';
import { type Conv2dAttributes, geometry, residuals } from './geometry.js';
import { copyTaps } from './packing.js';

/** As many groups as channels in and out: the block-diagonal weight of the direct variants would be almost all zeros. */
export const depthwise: Variant<Conv2dAttributes> = {
  name: 'depthwise',
  legal({ inputs, attributes }) {
    const { groups, cin, cout, branches } = geometry(inputs, attributes);
    return (
      groups > 1 &&
      groups === cin &&
      groups === cout &&
      branches === 1 &&
      residuals(inputs, []).length === 0 &&
      operand(inputs, 'x', 'conv2d').layout.block === 1
    );
  },
  packing: {
    inputs: ['weight'],
    length(_, { inputs, attributes }) {
      const { kernel, cout } = geometry(inputs, attributes);
      return kernel[0] * kernel[1] * vec4s(cout) * 4;
    },
    write(_, rows, { inputs, attributes }, out) {
      const { kernel, cout } = geometry(inputs, attributes);
      const write = copyTaps(kernel[0] * kernel[1]);
      rows.sources.forEach((source, c) => {
        write(source, rows.starts[c] ?? 0, rows.factors[c] ?? 1, out, c, vec4s(cout) * 4);
      });
    },
  },
  plan({ inputs, outputs, attributes }) {
    const { kernel, stride, padding, dilation, activation } = geometry(inputs, attributes);
    const shader = { name: 'conv2d-depthwise', body, includes: [activationInclude, lanes] };
    return vec4Plan(operand(outputs, 'y', 'conv2d'), shader, ['x', 'weight', 'bias', 'y'], {
      KERNEL_H: kernel[0],
      KERNEL_W: kernel[1],
      STRIDE_H: stride[0],
      STRIDE_W: stride[1],
      PADDING_H: padding[0],
      PADDING_W: padding[1],
      DILATION_H: dilation[0],
      DILATION_W: dilation[1],
      ACTIVATION: activationCode(activation),
    });
  },
};
