import { type Conv2dAttributes, geometry, residuals } from '../../../src/kernels/conv2d/geometry.js';
import type { Lowering, LoweringCall } from '../lowering.js';
import { splitLast } from '../lowering.js';
import type { Tensor } from '../onnx-model.js';
import { activated } from './elementwise.js';
import { enlarged } from './resize.js';

type Call = LoweringCall<Conv2dAttributes>;
type Geometry = ReturnType<typeof geometry>;

const geometryOf = ({ node, attributes }: Call): Geometry =>
  geometry(
    Object.fromEntries(Object.entries(node.inputs).map(([name, { spec }]) => [name, spec])),
    attributes,
  );

/** Rows of `columns` elements each, as columns; `matrices` of them one after the other. */
function transposed(values: Float64Array, matrices: number, columns: number): Float64Array {
  const rows = values.length / matrices / columns;
  const out = new Float64Array(values.length);
  values.forEach((value, i) => {
    const matrix = Math.floor(i / (rows * columns));
    const row = Math.floor(i / columns) % rows;
    out[(matrix * columns + (i % columns)) * rows + row] = value;
  });
  return out;
}

/** A linear layer as a matrix product with the transposed weight, as PyTorch exports nn.Linear. */
function linear(call: Call, { groups, cin, cout }: Geometry): Tensor {
  const { emitter, constants, value, optional } = call;
  const x = call.input('x');
  const shape = [...x.shape.slice(0, -1), cout];
  const columns = cin / groups;
  const weight = (matrixShape: readonly number[]): Tensor =>
    constants.derived(value('weight'), 'transposed', matrixShape, (values) =>
      transposed(values, groups, columns),
    );
  const bias = optional('bias');
  const withBias = (y: Tensor): Tensor =>
    bias ? emitter.binary('Add', y, emitter.reshape(bias, [cout])) : y;
  if (groups === 1) return withBias(emitter.node('MatMul', [x, weight([cin, cout])], shape));

  // One product per group: [..., T, groups, C] → [..., groups, T, C].
  const split = splitLast(emitter, x, groups);
  const rank = split.shape.length;
  const swapped = [...Array(rank - 3).keys(), rank - 2, rank - 3, rank - 1];
  const chunks = emitter.transpose(split, swapped);
  const product = emitter.node(
    'MatMul',
    [chunks, weight([groups, columns, cout / groups])],
    [...chunks.shape.slice(0, -1), cout / groups],
  );
  return withBias(emitter.reshape(emitter.transpose(product, swapped), shape));
}

function convolution(call: Call, { kernel, stride, padding, dilation, groups, cin, cout }: Geometry): Tensor {
  const { emitter, constants, node, value, optional } = call;
  const weight = constants.derived(value('weight'), '', [cout, cin / groups, ...kernel], (values) => values);
  const bias = optional('bias');
  return emitter.node(
    'Conv',
    [call.input('x'), weight, ...(bias ? [emitter.reshape(bias, [cout])] : [])],
    node.outputs.y?.spec.shape ?? [],
    {
      kernel_shape: kernel,
      strides: stride,
      pads: [...padding, ...padding],
      dilations: dilation,
      group: groups,
    },
  );
}

export const conv2dLowering: Lowering<Conv2dAttributes> = {
  lower(call) {
    const { emitter, node, input } = call;
    const g = geometryOf(call);
    if (g.branches !== 1)
      throw new Error('branches merged by a pass have no counterpart in ONNX: export the graph without it');
    const isImage = input('x').shape.length === 4;
    const product = isImage ? convolution(call, g) : linear(call, g);
    const specs = Object.fromEntries(Object.entries(node.inputs).map(([name, { spec }]) => [name, spec]));
    const sum = residuals(specs, g.factors).reduce(
      (total, { name, factor }) => emitter.binary('Add', total, enlarged(emitter, input(name), factor)),
      product,
    );
    return { y: activated(emitter, sum, g.activation) };
  },
};
