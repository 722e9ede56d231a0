import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/graph/index.js';
import { concatSlices } from '../../../src/graph/passes/concat-slices.js';
import { concat } from '../../../src/kernels/concat/concat.js';
import {
  census,
  compute,
  kernelNodes,
  type Layers,
  layered,
  type TestGraph,
  worstDistance,
} from '../support.js';

const of = (write: (layers: Layers, x: Value) => Value) =>
  layered((layers, builder) => builder.output('y', write(layers, builder.input('x', [2, 3, 4, 5]))));

/** Only the place of the values changes: what is computed is the same, bit by bit. */
async function expectSameBits(test: TestGraph): Promise<void> {
  const sliced = { ...test, graph: concatSlices(test.graph) };
  expect(worstDistance(await compute(sliced), await compute(test)).distance).toBe(0);
}

describe('a concatenation is written part by part', () => {
  it('of channels: no concatenation is left, and no copy', async () => {
    const test = of((l, x) => {
      const parts = [l.conv('a', x, 4), l.m.relu(l.conv('b', x, 8)), l.conv('c', x, 3)];
      return l.conv('last', l.m.concat('joined', parts), 5);
    });
    const sliced = concatSlices(test.graph);
    expect(census(sliced)).toEqual({ conv2d: 4, activation: 1 });
    const places = [...sliced.slices].map(([part, { of: whole, ...place }]) => [
      part.label,
      whole.label,
      place,
    ]);
    expect(places).toEqual([
      ['a', 'joined', { firstPixel: 0, firstVec4: 0 }],
      ['b.relu', 'joined', { firstPixel: 0, firstVec4: 1 }],
      ['c', 'joined', { firstPixel: 0, firstVec4: 3 }],
    ]);
    await expectSameBits(test);
  });

  it('of images, whose channels need no alignment', async () => {
    const test = of((l, x) => {
      const joined = l.m.builder.apply(
        concat,
        'joined',
        { a: l.conv('a', x, 5), b: l.conv('b', x, 5) },
        { axis: 0 },
      );
      return l.conv('last', joined, 4);
    });
    expect(census(concatSlices(test.graph))).toEqual({ conv2d: 3 });
    await expectSameBits(test);
  });

  it('read as tokens', async () => {
    const test = of((l, x) => {
      const joined = l.m.concat('joined', [l.conv('a', x, 4), l.conv('b', x, 4)]);
      const tokens = l.linear('linear', l.m.tokens(joined), 6);
      return l.m.image(tokens, 4, 5);
    });
    expect(census(concatSlices(test.graph))).toEqual({ conv2d: 3, view: 2 });
    await expectSameBits(test);
  });
});

describe('a part is copied into its place', () => {
  const copies = async (test: TestGraph, count: number): Promise<void> => {
    const sliced = concatSlices(test.graph);
    expect(census(sliced)).toMatchObject({ copy: count });
    expect(census(sliced).concat).toBeUndefined();
    await expectSameBits(test);
  };

  it('when it is an input or a constant', () =>
    copies(
      of((l, x) => {
        const constant = l.m.builder.data('table', Array(160).fill(0.25), [2, 4, 4, 5]);
        const parts = [l.conv('a', x, 4), constant, x];
        return l.conv('last', l.m.concat('joined', parts), 4);
      }),
      2,
    ));

  it('when it is an output', () =>
    copies(
      layered((l, builder) => {
        const a = l.conv('a', builder.input('x', [1, 3, 2, 2]), 4);
        builder.output('a', a);
        builder.output('y', l.m.relu(l.m.concat('joined', [a, l.m.relu(a)])));
      }),
      1,
    ));

  it('when it is a view', () =>
    copies(
      of((l, x) => {
        const tokens = l.linear('linear', l.m.tokens(x), 8);
        return l.m.relu(l.m.concat('joined', [l.m.image(tokens, 4, 5), l.conv('a', x, 4)]));
      }),
      1,
    ));

  it('when it is a concatenation itself', () =>
    copies(
      of((l, x) => {
        const inner = l.m.concat('inner', [l.conv('a', x, 4), l.conv('b', x, 4)]);
        return l.m.relu(l.m.concat('outer', [l.conv('c', x, 4), inner]));
      }),
      1,
    ));

  it('when it lies in another concatenation', () =>
    copies(
      of((l, x) => {
        const a = l.conv('a', x, 4);
        const one = l.conv('one', l.m.concat('first', [a, l.conv('b', x, 4)]), 4);
        return l.m.relu(l.m.concat('second', [one, a]));
      }),
      1,
    ));

  it('when it is computed from another part: no dispatch reads the buffer that it writes', async () => {
    const test = of((l, x) => {
      const a = l.conv('a', x, 4);
      const b = l.conv('b', a, 4);
      return l.m.relu(l.m.concat('joined', [b, a, l.conv('c', l.m.relu(b), 4)]));
    });
    await copies(test, 1);
    const copied = kernelNodes(concatSlices(test.graph)).filter(({ kernel }) => kernel.name === 'copy');
    expect(copied.map(({ label }) => label)).toEqual(['a.copy']);
  });

  it('when it is computed from a view of another part', () =>
    copies(
      of((l, x) => {
        const a = l.conv('a', x, 4);
        const b = l.m.image(l.m.tokens(a), 4, 5);
        return l.m.relu(l.m.concat('joined', [a, l.conv('b', b, 4)]));
      }),
      1,
    ));

  it('when it is there twice, or once more as a view', async () => {
    await copies(
      of((l, x) => {
        const a = l.conv('a', x, 4);
        return l.m.relu(l.m.concat('joined', [a, a, l.conv('b', x, 4)]));
      }),
      2,
    );
    await copies(
      of((l, x) => {
        const a = l.conv('a', x, 4);
        const again = l.m.image(l.m.tokens(a), 4, 5);
        return l.m.relu(l.m.concat('joined', [a, again]));
      }),
      2,
    );
  });
});

describe('a concatenation is carried out', () => {
  const carriedOut = async (test: TestGraph): Promise<void> => {
    const sliced = concatSlices(test.graph);
    expect(sliced.nodes).toEqual(test.graph.nodes);
    expect(sliced.slices.size).toBe(0);
    await expectSameBits(test);
  };

  it('where it is an output', () =>
    carriedOut(of((l, x) => l.m.concat('joined', [l.conv('a', x, 4), l.conv('b', x, 4)]))));

  it('where a part would begin inside a vec4', () =>
    carriedOut(
      of((l, x) => l.m.relu(l.m.concat('joined', [l.conv('a', x, 4), l.conv('b', x, 3), l.conv('c', x, 4)]))),
    ));
});
