import { describe, expect, it } from 'vitest';
import type { Graph, Value } from '../../../src/graph/index.js';
import { fuseActivation } from '../../../src/graph/passes/fuse-activation.js';
import { fuseResidual } from '../../../src/graph/passes/fuse-residual.js';
import { fuseSums } from '../../../src/graph/passes/fuse-sums.js';
import { conv2d } from '../../../src/kernels/conv2d/conv2d.js';
import { census, compute, kernelNodes, type Layers, layered, worstDistance } from '../support.js';

/** Additions in another order, or contracted to fused multiply-adds: units in the last place of the largest value. */
const ROUNDING = 1e-6;

/** A graph of two inputs [2, 5, 4, 6], whose output is what `write` returns. */
const of = (write: (layers: Layers, x: Value, other: Value) => Value) =>
  layered((layers, builder) =>
    builder.output(
      'y',
      write(layers, builder.input('x', [2, 5, 4, 6]), builder.input('other', [2, 5, 4, 6])),
    ),
  );

type Test = ReturnType<typeof of>;

async function expectSameResults(test: Test, pass: (graph: Graph) => Graph, within: number): Promise<void> {
  const worst = worstDistance(await compute({ ...test, graph: pass(test.graph) }), await compute(test));
  expect(worst.distance).toBeLessThanOrEqual(within);
}

async function expectUntouched(test: Test, pass: (graph: Graph) => Graph): Promise<void> {
  expect(pass(test.graph).nodes).toEqual(test.graph.nodes);
  await expectSameResults(test, pass, 0);
}

describe('fuse-activation', () => {
  it.each(['relu', 'sigmoid', 'gelu'] as const)('puts %s into a convolution or a sum', async (kind) => {
    const test = of((l, x, other) => {
      const activated = l.m.activation(l.conv('conv', x, 5), kind);
      return l.m.activation(l.m.add(activated, other), kind);
    });
    const fused = fuseActivation(test.graph);
    expect(census(fused)).toEqual({ conv2d: 1, sum: 1 });
    expect(kernelNodes(fused).map(({ attributes }) => attributes.activation)).toEqual([kind, kind]);
    await expectSameResults(test, fuseActivation, ROUNDING);
  });

  it('takes the first of two activations only', async () => {
    const test = of((l, x) => l.m.sigmoid(l.m.relu(l.conv('conv', x, 5))));
    const fused = fuseActivation(test.graph);
    expect(census(fused)).toEqual({ conv2d: 1, activation: 1 });
    expect(kernelNodes(fused)[0]?.attributes.activation).toBe('relu');
    await expectSameResults(test, fuseActivation, ROUNDING);
  });

  it('leaves a value that is an output', () =>
    expectUntouched(
      layered((l, builder) => {
        const conv = l.conv('conv', builder.input('x', [1, 3, 4, 4]), 4);
        builder.output('conv', conv);
        builder.output('y', l.m.relu(conv));
      }),
      fuseActivation,
    ));

  it('leaves a value that two nodes read', () =>
    expectUntouched(
      of((l, x) => {
        const conv = l.conv('conv', x, 5);
        return l.m.multiply(l.m.sigmoid(conv), conv);
      }),
      fuseActivation,
    ));

  it('leaves what follows other kernels and inputs', () =>
    expectUntouched(
      of((l, x, other) => l.m.multiply(l.m.relu(x), l.m.relu(l.m.multiply(x, other)))),
      fuseActivation,
    ));
});

describe('fuse-sums', () => {
  it('makes one sum of a chain, in the order of its additions', async () => {
    const test = of((l, x, other) => l.m.add(l.m.add(l.m.add(x, other), l.conv('conv', x, 5)), x));
    const fused = fuseSums(test.graph);
    expect(census(fused)).toEqual({ conv2d: 1, sum: 1 });
    const { inputs, attributes } = kernelNodes(fused).find(({ kernel }) => kernel.name === 'sum') ?? {};
    expect(Object.values(inputs ?? {}).map(({ label }) => label)).toEqual(['x', 'other', 'conv', 'x']);
    expect(attributes?.factors).toEqual([1, 1, 1, 1]);
    await expectSameResults(test, fuseSums, 0);
  });

  it('takes in the upsampling of every term', async () => {
    const test = of((l, x) => {
      const half = l.conv('half', x, 5, { stride: 2 });
      const up = l.m.resize('up', half, 4, 6, 'nearest');
      return l.m.relu(l.m.add(l.m.add(up, x), l.m.resize('again', half, 4, 6, 'nearest')));
    });
    const fused = fuseSums(test.graph);
    expect(census(fused)).toEqual({ conv2d: 1, sum: 1, activation: 1 });
    const sum = kernelNodes(fused).find(({ kernel }) => kernel.name === 'sum');
    expect(sum?.attributes.factors).toEqual([2, 1, 2]);
    expect(sum?.outputs.y?.spec.shape).toEqual([2, 5, 4, 6]);
    // The resizes' tables go with them.
    expect(fused.constants.size).toBe(1);
    await expectSameResults(test, fuseSums, 0);
  });

  it('has four terms at most: longer chains become several sums', async () => {
    const test = of((l, x, other) => {
      let y = l.m.add(x, other);
      for (let i = 0; i < 5; i++) y = l.m.add(y, l.conv(`conv${i}`, x, 5));
      return y;
    });
    const fused = fuseSums(test.graph);
    expect(census(fused)).toEqual({ conv2d: 5, sum: 2 });
    await expectSameResults(test, fuseSums, 0);
  });

  it('keeps a + (b + c) as it is: (a + b) + c rounds otherwise', () =>
    expectUntouched(
      of((l, x, other) => l.m.add(x, l.m.add(other, l.conv('conv', x, 5)))),
      fuseSums,
    ));

  it('keeps a sum that is an output, is read twice or has an activation', async () => {
    await expectUntouched(
      layered((l, builder) => {
        const [x, other] = [builder.input('x', [1, 4, 2, 2]), builder.input('other', [1, 4, 2, 2])];
        const inner = l.m.add(x, other);
        builder.output('inner', inner);
        builder.output('y', l.m.add(inner, x));
      }),
      fuseSums,
    );
    await expectUntouched(
      of((l, x, other) => {
        const inner = l.m.add(x, other);
        return l.m.multiply(l.m.add(inner, x), inner);
      }),
      fuseSums,
    );
    const activated = of((l, x, other) => l.m.add(l.m.relu(l.m.add(x, other)), x));
    await expectUntouched({ ...activated, graph: fuseActivation(activated.graph) }, fuseSums);
  });

  it('keeps both sums where one adds the other to itself', async () => {
    const test = of((l, x, other) => {
      const inner = l.m.add(x, other);
      return l.m.add(inner, inner);
    });
    await expectUntouched(test, fuseSums);
  });

  it('keeps a resize that is no whole upsampling, is bilinear, or has other readers', async () => {
    const resized = (height: number, width: number, mode: 'nearest' | 'bilinear') =>
      layered((l, builder) => {
        const x = builder.input('x', [1, 4, height, width]);
        builder.output('y', l.m.add(builder.input('other', [1, 4, 6, 6]), l.m.resize('r', x, 6, 6, mode)));
      });
    await expectUntouched(resized(4, 4, 'nearest'), fuseSums);
    await expectUntouched(resized(2, 3, 'nearest'), fuseSums);
    await expectUntouched(resized(12, 12, 'nearest'), fuseSums);
    await expectUntouched(resized(3, 3, 'bilinear'), fuseSums);
    await expectUntouched(
      layered((l, builder) => {
        const up = l.m.resize('up', builder.input('x', [1, 4, 3, 3]), 6, 6, 'nearest');
        builder.output('up', up);
        builder.output('y', l.m.add(up, builder.input('other', [1, 4, 6, 6])));
      }),
      fuseSums,
    );
  });

  it.each([3, 7, 41, 47, 55])('upsamples %i times as the resize would, bit by bit', async (factor) => {
    const test = layered((l, builder) => {
      const x = builder.input('x', [1, 1, 3, 2]);
      const up = l.m.resize('up', x, 3 * factor, 2 * factor, 'nearest');
      builder.output('y', l.m.add(builder.input('other', [1, 1, 3 * factor, 2 * factor]), up));
    });
    await expectSameResults(test, fuseSums, 0);
  });
});

describe('fuse-residual', () => {
  it('lets the convolution of a block add the shortcut', async () => {
    const test = of((l, x) => l.m.relu(l.m.add(l.conv('conv', x, 5, { bias: true }), x)));
    const fused = fuseResidual(fuseActivation(test.graph));
    expect(census(fused)).toEqual({ conv2d: 1 });
    const [conv] = kernelNodes(fused);
    expect(conv?.inputs.r0?.label).toBe('x');
    expect(conv?.attributes).toMatchObject({ factors: [1], activation: 'relu' });
    await expectSameResults(test, (graph) => fuseResidual(fuseActivation(graph)), ROUNDING);
  });

  it('lets the last convolution of a fuse layer add the others, upsampled ones too', async () => {
    const test = of((l, x, other) => {
      const low = l.conv('low', x, 5, { stride: 2 });
      const sum = l.m.add(l.m.add(l.conv('first', x, 5), l.conv('last', other, 5)), other);
      return l.m.add(sum, l.m.resize('up', low, 4, 6, 'nearest'));
    });
    const fused = fuseResidual(fuseSums(test.graph));
    expect(census(fused)).toEqual({ conv2d: 3 });
    const host = kernelNodes(fused).at(-1);
    expect(host?.label).toBe('last');
    expect([host?.inputs.r0, host?.inputs.r1, host?.inputs.r2].map((residual) => residual?.label)).toEqual([
      'first',
      'other',
      'low',
    ]);
    expect(host?.attributes.factors).toEqual([1, 1, 2]);
    await expectSameResults(test, (graph) => fuseResidual(fuseSums(graph)), ROUNDING);
  });

  it('takes linear layers over tokens', async () => {
    const test = of((l, x) => {
      const tokens = l.m.tokens(x);
      return l.m.add(tokens, l.linear('linear', tokens, 5));
    });
    expect(census(fuseResidual(test.graph))).toEqual({ conv2d: 1, view: 1 });
    await expectSameResults(test, fuseResidual, ROUNDING);
  });

  it('runs where the sum was: the other terms are there by then', async () => {
    const test = of((l, x, other) => {
      const conv = l.conv('conv', x, 5);
      return l.m.add(conv, l.m.multiply(other, x));
    });
    const labels = fuseResidual(test.graph).nodes.map(({ label }) => label);
    expect(labels).toEqual(['other.multiply', 'conv']);
    await expectSameResults(test, fuseResidual, ROUNDING);
  });

  it('leaves an upsampled convolution, one that is an output, and one that is read twice', async () => {
    const upsampled = of((l, x) =>
      l.m.add(x, l.m.resize('up', l.conv('conv', x, 5, { stride: 2 }), 4, 6, 'nearest')),
    );
    await expectUntouched({ ...upsampled, graph: fuseSums(upsampled.graph) }, fuseResidual);
    await expectUntouched(
      layered((l, builder) => {
        const x = builder.input('x', [1, 4, 3, 3]);
        const conv = l.conv('conv', x, 4);
        builder.output('conv', conv);
        builder.output('y', l.m.add(conv, x));
      }),
      fuseResidual,
    );
    await expectUntouched(
      of((l, x) => {
        const conv = l.conv('conv', x, 5);
        return l.m.multiply(l.m.add(conv, x), conv);
      }),
      fuseResidual,
    );
  });

  it('leaves a convolution that is added to itself', () =>
    expectUntouched(
      of((l, x) => {
        const conv = l.conv('conv', x, 5);
        return l.m.add(conv, conv);
      }),
      fuseResidual,
    ));

  it('leaves a convolution that has an activation or a residual already', async () => {
    const activated = of((l, x, other) => l.m.add(l.m.relu(l.conv('conv', x, 5)), other));
    await expectUntouched({ ...activated, graph: fuseActivation(activated.graph) }, fuseResidual);
    await expectUntouched(
      of((l, x, other) => {
        const weight = l.m.builder.data('weight', Array(25).fill(0.5), [5, 5, 1, 1]);
        const conv = l.m.builder.apply(conv2d, 'conv', { x, weight, r0: other }, { factors: [1] });
        return l.m.add(conv, x);
      }),
      fuseResidual,
    );
  });

  it('leaves sums without a convolution', () =>
    expectUntouched(
      of((l, x, other) => l.m.add(x, other)),
      fuseResidual,
    ));
});
