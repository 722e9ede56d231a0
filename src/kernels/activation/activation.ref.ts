import { activate } from '../common/activation.js';
import { operand } from '../common/operand.js';
import type { Reference } from '../contract.js';
import type { ActivationAttributes } from './activation.js';

export const activationReference: Reference<ActivationAttributes> = (inputs, attributes) => {
  const x = operand(inputs, 'x', 'activation');
  return { y: { shape: x.shape, data: x.data.map((v) => activate(v, attributes.activation)) } };
};
