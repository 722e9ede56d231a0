import { type Activation, activationCode, activationInclude } from '../common/activation.js';
import { linearGrid } from '../common/grid.js';
import lanes from '../common/lanes.wgsl';
import { operand } from '../common/operand.js';
import type { Kernel } from '../contract.js';
import { elementCount, extentOf, storageBytes, vec4s } from '../layout.js';
import body from './activation.wgsl';

export type ActivationAttributes = { readonly activation: Activation };

/** Elementwise ReLU, sigmoid or exact (erf) GELU; any shape. A NaN stays a NaN. */
export const activation: Kernel<ActivationAttributes> = {
  name: 'activation',
  inputs: ['x'],
  outputs: ['y'],
  infer: (inputs) => ({ y: operand(inputs, 'x', 'activation') }),
  cost({ inputs }) {
    const x = operand(inputs, 'x', 'activation');
    return { flops: elementCount(x.shape), bytes: 2 * storageBytes(x) };
  },
  variants: [
    {
      name: 'plain',
      plan({ outputs, attributes }) {
        const { n, h, w, c } = extentOf(operand(outputs, 'y', 'activation').shape);
        const { workgroups, rowThreads } = linearGrid(n * h * w * vec4s(c));
        return {
          dispatches: [
            {
              shader: { name: 'activation', body, includes: [activationInclude, lanes] },
              bindings: ['x', 'y'],
              constants: { ACTIVATION: activationCode(attributes.activation), ROW: rowThreads },
              workgroups,
            },
          ],
        };
      },
    },
  ],
};
