import type { LayerNormAttributes } from '../../../src/kernels/layer_norm/layer_norm.js';
import type { MatmulAttributes } from '../../../src/kernels/matmul/matmul.js';
import type { MaxPoolAttributes } from '../../../src/kernels/max_pool/max_pool.js';
import type { ModePoolAttributes } from '../../../src/kernels/mode_pool/mode_pool.js';
import type { SoftmaxAttributes } from '../../../src/kernels/softmax/softmax.js';
import { channelsFirst, channelsLast, type Lowering, splitLast } from '../lowering.js';

export const layerNormLowering: Lowering<LayerNormAttributes> = {
  lower({ emitter, attributes: { groups, eps }, input }) {
    const x = input('x');
    const rows = channelsLast(emitter, x);
    const chunks = splitLast(emitter, rows, groups);
    const normalized = emitter.node(
      'LayerNormalization',
      [chunks, input('weight'), input('bias')],
      chunks.shape,
      { axis: -1, epsilon: { float: eps } },
    );
    return { y: channelsFirst(emitter, emitter.reshape(normalized, rows.shape), x.shape.length) };
  },
};

export const matmulLowering: Lowering<MatmulAttributes> = {
  lower({ emitter, attributes: { transposeB }, node, input }) {
    const b = input('b');
    const rank = b.shape.length;
    const right = transposeB ? emitter.transpose(b, rank === 3 ? [0, 2, 1] : [1, 0]) : b;
    return { y: emitter.node('MatMul', [input('a'), right], node.outputs.y?.spec.shape ?? []) };
  },
};

export const maxPoolLowering: Lowering<MaxPoolAttributes> = {
  lower({ emitter, attributes: { kernel, stride, padding, dilation }, node, input }) {
    const how = {
      kernel_shape: kernel,
      strides: stride,
      pads: [...padding, ...padding],
      dilations: dilation,
    };
    return { y: emitter.node('MaxPool', [input('x')], node.outputs.y?.spec.shape ?? [], how) };
  },
};

export const modePoolLowering: Lowering<ModePoolAttributes> = {
  lower({ emitter, constants, attributes: { modes, eps }, node, input, value }) {
    const modesOf = splitLast(emitter, input('x'), modes);
    const split =
      node.inputs.norm_weight && eps !== undefined
        ? emitter.node(
            'LayerNormalization',
            [modesOf, input('norm_weight'), input('norm_bias')],
            modesOf.shape,
            {
              axis: -1,
              epsilon: { float: eps },
            },
          )
        : modesOf;
    const [n = 0, tokens = 0, , channels = 0] = split.shape;
    const weight = constants.derived(value('weight'), 'column', [channels, 1], (values) => values);
    const scores = emitter.node('MatMul', [split, weight], [n, tokens, modes, 1]);
    const biased = emitter.binary('Add', scores, emitter.reshape(input('bias'), [1]));
    const shares = emitter.node('Softmax', [biased], biased.shape, { axis: 2 });
    const weighted = emitter.binary('Mul', split, shares);
    const axes = emitter.integers([2]);
    const pooled = emitter.node('ReduceSum', [weighted, axes], [n, tokens, channels], { keepdims: 0 });
    if (!node.inputs.residual) return { y: pooled };
    const residual = input('residual');
    const [, , h = 0, w = 0] = residual.shape;
    const image = emitter.transpose(emitter.reshape(pooled, [n, w, h, channels]), [0, 3, 2, 1]);
    return { y: emitter.binary('Add', residual, image) };
  },
};

export const softmaxLowering: Lowering<SoftmaxAttributes> = {
  lower({ emitter, input }) {
    const x = input('x');
    return { y: emitter.node('Softmax', [x], x.shape, { axis: x.shape.length === 4 ? 1 : -1 }) };
  },
};
