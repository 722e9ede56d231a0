import type { ActivationAttributes } from '../../../src/kernels/activation/activation.js';
import type { Activation } from '../../../src/kernels/common/activation.js';
import type { ConcatAttributes } from '../../../src/kernels/concat/concat.js';
import { presentParts } from '../../../src/kernels/concat/concat.js';
import type { CopyAttributes } from '../../../src/kernels/copy/copy.js';
import type { MultiplyAttributes } from '../../../src/kernels/multiply/multiply.js';
import { presentTerms, type SumAttributes } from '../../../src/kernels/sum/sum.js';
import type { Emitter } from '../emitter.js';
import type { Lowering } from '../lowering.js';
import type { Tensor } from '../onnx-model.js';
import { enlarged } from './resize.js';

/** GELU as PyTorch exports it; ONNX Runtime makes one node of these. */
function gelu(emitter: Emitter, x: Tensor): Tensor {
  const { shape } = x;
  const erf = emitter.node('Erf', [emitter.binary('Div', x, emitter.numbers(Math.SQRT2))], shape);
  const product = emitter.binary('Mul', x, emitter.binary('Add', erf, emitter.numbers(1)));
  return emitter.binary('Mul', product, emitter.numbers(0.5));
}

/** The activation of a tensor of any shape. */
export function activated(emitter: Emitter, x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return emitter.node('Relu', [x], x.shape);
    case 'sigmoid':
      return emitter.node('Sigmoid', [x], x.shape);
    case 'gelu':
      return gelu(emitter, x);
  }
}

export const activationLowering: Lowering<ActivationAttributes> = {
  lower: ({ emitter, attributes, input }) => ({
    y: activated(emitter, input('x'), attributes.activation),
  }),
};

export const concatLowering: Lowering<ConcatAttributes> = {
  lower: ({ emitter, attributes, node, input }) => ({
    y: emitter.concat(
      presentParts(node.inputs).map(({ name }) => input(name)),
      attributes.axis,
    ),
  }),
};

export const copyLowering: Lowering<CopyAttributes> = { lower: ({ input }) => ({ y: input('x') }) };

export const multiplyLowering: Lowering<MultiplyAttributes> = {
  lower: ({ emitter, input }) => ({ y: emitter.binary('Mul', input('a'), input('b')) }),
};

export const sumLowering: Lowering<SumAttributes> = {
  lower({ emitter, attributes, node, input }) {
    const terms = presentTerms(node.inputs, attributes.factors).map(({ name, factor }) =>
      enlarged(emitter, input(name), factor),
    );
    const total = terms.reduce((sum, term) => emitter.binary('Add', sum, term));
    return { y: activated(emitter, total, attributes.activation) };
  },
};
