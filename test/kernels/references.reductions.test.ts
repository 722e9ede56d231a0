import { describe, expect, it } from 'vitest';
import { activationReference } from '../../src/kernels/activation/activation.ref.js';
import { argmaxReference } from '../../src/kernels/argmax/argmax.ref.js';
import type { RefTensor } from '../../src/kernels/contract.js';
import { layerNormReference } from '../../src/kernels/layer_norm/layer_norm.ref.js';
import { matmulReference } from '../../src/kernels/matmul/matmul.ref.js';
import { maxPoolReference } from '../../src/kernels/max_pool/max_pool.ref.js';
import { modePoolReference } from '../../src/kernels/mode_pool/mode_pool.ref.js';
import { softmaxReference } from '../../src/kernels/softmax/softmax.ref.js';
import { input, type KernelFixture, kernelFixtures, pairAttribute } from '../support/kernel-fixtures.js';
import { compare } from '../support/kernel-runner.js';

/** Both sides compute in float64. */
const tolerance = { absolute: 1e-14, relative: 1e-12 };

const output = (outputs: Readonly<Record<string, RefTensor>>, name = 'y'): RefTensor => {
  const found = outputs[name];
  if (!found) throw new Error(`no output ${name}`);
  return found;
};

const check = (
  op: string,
  run: (fixture: KernelFixture) => RefTensor,
  applies: (fixture: KernelFixture) => boolean = () => true,
): void => {
  const fixtures = kernelFixtures(op).filter(applies);
  it(`${op}: there are cases`, () => expect(fixtures).not.toHaveLength(0));
  for (const fixture of fixtures)
    it(fixture.name, () => expect(compare(run(fixture), fixture.output, tolerance)).toBeUndefined());
};

const reshape = ({ data }: RefTensor, shape: readonly number[]): RefTensor => ({ shape, data });

/** Softmax is over the channels: axis 1 of rank 4, else the last. */
const channelAxis = (shape: readonly number[]): number => (shape.length === 4 ? 1 : shape.length - 1);

describe('references agree with PyTorch', () => {
  for (const activation of ['relu', 'sigmoid', 'gelu'] as const)
    check(activation, (f) => output(activationReference({ x: input(f, 'input') }, { activation })));

  check(
    'softmax',
    (f) => output(softmaxReference({ x: input(f, 'input') }, {})),
    (f) => f.attributes.axis === channelAxis(input(f, 'input').shape),
  );

  check('layer_norm', (f) =>
    output(
      layerNormReference(
        { x: input(f, 'input'), weight: input(f, 'weight'), bias: input(f, 'bias') },
        { groups: 1, eps: Number(f.attributes.eps) },
      ),
    ),
  );

  check('matmul', (f) =>
    output(matmulReference({ a: input(f, 'a'), b: input(f, 'b') }, { transposeB: false })),
  );

  check('max_pool2d', (f) =>
    output(
      maxPoolReference(
        { x: input(f, 'input') },
        {
          kernel: pairAttribute(f, 'kernel'),
          stride: pairAttribute(f, 'stride'),
          padding: pairAttribute(f, 'padding'),
          dilation: pairAttribute(f, 'dilation'),
        },
      ),
    ),
  );

  check('argmax', (f) => {
    const x = input(f, 'input');
    const { data } = output(
      argmaxReference({ x: reshape(x, [1, 1, 1, ...x.shape]) }, { positiveOnly: false }),
      'index',
    );
    return { shape: [1], data: data.slice(2, 3) };
  });

  check('peak', (f) => {
    const x = input(f, 'heatmap');
    const { data } = output(
      argmaxReference({ x: reshape(x, [1, 1, ...x.shape]) }, { positiveOnly: true }),
      'index',
    );
    return { shape: [2], data: data.slice(0, 2) };
  });

  // The whole block, for mode pooling and the groups of layer normalisation, which PyTorch has no operation for.
  check('cross_attention', crossAttention);
});

function crossAttention(fixture: KernelFixture): RefTensor {
  const modes = Number(fixture.attributes.modes);
  const of = (name: string): RefTensor => input(fixture, name);
  const linear = (x: RefTensor, name: string): RefTensor => {
    const bias = of(`${name}.bias`).data;
    const { shape, data } = output(matmulReference({ a: x, b: of(`${name}.weight`) }, { transposeB: true }));
    return { shape, data: data.map((value, i) => value + (bias[i % bias.length] ?? Number.NaN)) };
  };

  const keys = of('keys');
  const queries = linear(of('queries'), 'query');
  const projected = linear(keys, 'key');
  const values = linear(keys, 'out_trans.first_linear');
  const hidden = Array.from({ length: modes }, (_, mode) => {
    const q = columns(queries, mode, modes);
    const scale = 1 / Math.sqrt(q.shape[1] ?? 0);
    const scores = output(
      matmulReference({ a: q, b: columns(projected, mode, modes) }, { transposeB: true }),
    );
    const probabilities = output(
      softmaxReference({ x: { shape: scores.shape, data: scores.data.map((s) => s * scale) } }, {}),
    );
    const attended = output(
      matmulReference({ a: probabilities, b: columns(values, mode, modes) }, { transposeB: false }),
    );
    return output(
      activationReference(
        { x: linear(attended, 'out_trans.intermediate.shared_linear') },
        { activation: 'gelu' },
      ),
    );
  });

  const [tokens = 0, c = 0] = hidden[0]?.shape ?? [];
  const weight = of('out_trans.output.group_linear.weight').data;
  const bias = of('out_trans.output.group_linear.bias').data;
  const mixed = new Float64Array(tokens * modes * c);
  for (const [mode, { data }] of hidden.entries())
    for (let t = 0; t < tokens; t++)
      for (let k = 0; k < c; k++) {
        let sum = bias[mode * c + k] ?? Number.NaN;
        for (let i = 0; i < c; i++)
          sum += (weight[(mode * c + k) * c + i] ?? Number.NaN) * (data[t * c + i] ?? Number.NaN);
        mixed[t * modes * c + mode * c + k] = sum;
      }

  const normalised = output(
    layerNormReference(
      {
        x: { shape: [1, tokens, modes * c], data: mixed },
        weight: of('out_trans.output.resout_norm_layer.weight'),
        bias: of('out_trans.output.resout_norm_layer.bias'),
      },
      { groups: modes, eps: 1e-12 },
    ),
  );
  const pooled = output(
    modePoolReference(
      {
        x: normalised,
        weight: reshape(of('out_trans.feat_softaggr.feat2score.weight'), [c]),
        bias: of('out_trans.feat_softaggr.feat2score.bias'),
      },
      { modes },
    ),
  );
  return reshape(pooled, [tokens, c]);
}

/** One of `count` equal chunks of a matrix's columns. */
function columns({ shape: [rows = 0, width = 0], data }: RefTensor, chunk: number, count: number): RefTensor {
  const size = width / count;
  const first = chunk * size;
  return {
    shape: [rows, size],
    data: Float64Array.from(
      { length: rows * size },
      (_, i) => data[Math.floor(i / size) * width + first + (i % size)] ?? Number.NaN,
    ),
  };
}
