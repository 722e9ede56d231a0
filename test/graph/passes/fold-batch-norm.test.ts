import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/graph/index.js';
import { foldBatchNorm } from '../../../src/graph/passes/fold-batch-norm.js';
import { conv2d } from '../../../src/kernels/conv2d/conv2d.js';
import { batchNorms, census, compute, kernelNodes, type Layers, layered, worstDistance } from '../support.js';

/** Weights and products are rounded at other places: some units in the last place of the largest value. */
const ROUNDING = 2e-6;

/** A graph of one input [2, 5, 6, 7], whose output is what `write` returns. */
const of = (write: (layers: Layers, x: Value) => Value) =>
  layered((layers, builder) => builder.output('y', write(layers, builder.input('x', [2, 5, 6, 7]))));

async function expectSameResults(test: ReturnType<typeof of>): Promise<void> {
  const folded = { ...test, graph: foldBatchNorm(test.graph) };
  expect(worstDistance(await compute(folded), await compute(test)).distance).toBeLessThan(ROUNDING);
}

describe('a batch norm goes into the convolution before it', () => {
  it.each([
    ['without a bias', { bias: false }],
    ['with a bias', { bias: true }],
    ['with groups', { groups: 5, bias: true }],
    ['with a stride', { stride: 2 }],
  ])('%s', async (_, options) => {
    const test = of((l, x) => l.batchNorm('bn', l.conv('conv', x, 10, options)));
    const folded = foldBatchNorm(test.graph);
    expect(census(folded)).toEqual({ conv2d: 1 });
    expect(batchNorms(folded)).toEqual([]);
    const [conv] = kernelNodes(folded);
    expect(conv?.label).toBe('conv');
    expect(conv?.outputs.y).toBe(test.graph.outputs.get('y'));
    expect(folded.constants.size).toBe(2);
    await expectSameResults(test);
  });

  it('and so does the next one, and one in front of a convolution stays', async () => {
    const test = of((l, x) =>
      l.batchNorm('last', l.batchNorm('middle', l.conv('conv', l.batchNorm('first', x), 4))),
    );
    const folded = foldBatchNorm(test.graph);
    expect(census(folded)).toEqual({ conv2d: 2 });
    expect(batchNorms(folded).map(({ label }) => label)).toEqual(['first']);
    await expectSameResults(test);
  });

  it('of one channel, where a convolution of one channel looks the same', async () => {
    const test = of((l, x) =>
      l.batchNorm('bn', l.conv('one', l.conv('conv', x, 1), 1, { kernel: 1, bias: true })),
    );
    expect(census(foldBatchNorm(test.graph))).toEqual({ conv2d: 1 });
    await expectSameResults(test);
  });

  it('linear layers too', async () => {
    const test = layered((l, builder) => {
      const tokens = l.m.tokens(builder.input('x', [1, 6, 3, 3]));
      builder.output('y', l.batchNorm('bn', l.m.image(l.linear('linear', tokens, 8), 3, 3)));
    });
    // A view lies between: nothing is folded, and nothing breaks.
    expect(foldBatchNorm(test.graph).nodes).toEqual(test.graph.nodes);
    await expectSameResults(test);
  });
});

describe('a batch norm stays', () => {
  const stays = async (test: ReturnType<typeof of>): Promise<void> => {
    expect(foldBatchNorm(test.graph).nodes).toEqual(test.graph.nodes);
    await expectSameResults(test);
  };

  it('where the convolution is an output', async () => {
    await stays(
      layered((l, builder) => {
        const conv = l.conv('conv', builder.input('x', [1, 5, 4, 4]), 6);
        builder.output('conv', conv);
        builder.output('y', l.batchNorm('bn', conv));
      }),
    );
  });

  it('where something else reads the convolution', async () => {
    await stays(
      of((l, x) => {
        const conv = l.conv('conv', x, 5);
        return l.m.add(l.batchNorm('bn', conv), conv);
      }),
    );
  });

  it('behind an activation', async () => {
    await stays(of((l, x) => l.batchNorm('bn', l.m.relu(l.conv('conv', x, 6)))));
  });

  it('behind a convolution with an activation or a residual of its own', async () => {
    const test = of((l, x) => {
      const activated = l.m.builder.apply(
        conv2d,
        'activated',
        { x, weight: l.m.builder.data('weight', Array(25).fill(0.25), [5, 5, 1, 1]) },
        { activation: 'relu' },
      );
      const weight = l.m.builder.data('weight', Array(25).fill(0.5), [5, 5, 1, 1]);
      const added = l.m.builder.apply(conv2d, 'added', { x, weight, r0: x }, { factors: [1] });
      return l.m.add(l.batchNorm('bn1', activated), l.batchNorm('bn2', added));
    });
    await stays(test);
  });

  it.each([
    ['a stride', { stride: [2, 2] }],
    ['padding', { padding: [1, 1] }],
  ])('when it is none: a convolution of each channel with %s', async (_, attributes) => {
    await stays(
      of((l, x) =>
        l.m.builder.apply(
          conv2d,
          'sampled',
          {
            x: l.conv('conv', x, 4),
            weight: l.m.builder.data('scale', [1, 2, 3, 4], [4, 1, 1, 1]),
            bias: l.m.builder.data('shift', [5, 6, 7, 8], [4]),
          },
          { groups: 4, ...attributes },
        ),
      ),
    );
  });
});
