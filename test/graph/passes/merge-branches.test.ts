import { describe, expect, it } from 'vitest';
import { GraphBuilder, optimize, type Value } from '../../../src/graph/index.js';
import { mergeBranches } from '../../../src/graph/passes/merge-branches.js';
import { pixelShuffleIndexing } from '../../../src/graph/passes/pixel-shuffle-indexing.js';
import {
  census,
  compute,
  kernelNodes,
  type Layers,
  layered,
  type TestGraph,
  worstDistance,
} from '../support.js';

/** The order of additions is the same; tiles of another size may be contracted to multiply-adds otherwise. */
const ROUNDING = 1e-6;

async function expectSameResults(test: TestGraph, graph = mergeBranches(test.graph)): Promise<void> {
  const worst = worstDistance(await compute({ ...test, graph }), await compute(test));
  expect(worst.distance).toBeLessThan(ROUNDING);
}

async function expectUntouched(test: TestGraph): Promise<void> {
  expect(mergeBranches(test.graph).nodes).toEqual(test.graph.nodes);
  await expectSameResults(test);
}

/** A chain of `length` convolutions with ReLU and one residual. */
function backbone(l: Layers, x: Value, length = 4, channels = 5): Value {
  let y = x;
  for (let i = 0; i < length; i++) {
    const conv = l.conv(`conv${i}`, y, channels, { bias: true });
    y = i === 2 ? l.m.relu(l.m.add(conv, y)) : l.m.relu(conv);
  }
  return y;
}

/** Backbones over images of their own, all of whose results are outputs. */
const branches = (count: number, length = 4): TestGraph =>
  layered((l, builder) => {
    for (let i = 0; i < count; i++)
      builder.output(`y${i}`, backbone(l.child(`region${i}`), builder.input(`x${i}`, [2, 3, 6, 6]), length));
  });

const weightSets = (graph: TestGraph['graph']): unknown[] =>
  kernelNodes(graph)
    .filter(({ kernel }) => kernel.name === 'conv2d')
    .map(({ attributes }) => attributes.branches ?? 1);

describe('isomorphic branches run as one', () => {
  it.each([2, 3, 4])('%i of them', async (count) => {
    const test = branches(count);
    const merged = mergeBranches(test.graph);
    expect(census(merged)).toEqual({ concat: 1, conv2d: 4, sum: 1, activation: 4, view: count });
    expect(weightSets(merged)).toEqual([count, count, count, count]);
    const last = kernelNodes(merged).at(-1)?.outputs.y;
    expect(last?.spec.shape).toEqual([2 * count, 5, 6, 6]);
    expect(last?.label).toContain('region0.conv3.relu + region1.conv3.relu');
    expect([...merged.outputs]).toEqual([...test.graph.outputs]);
    // Weights and biases of all branches, one after the other.
    expect([...merged.constants.values()].map(({ kind }) => kind)).toEqual(Array(8).fill('stacked'));
    await expectSameResults(test);
  });

  it('at most four at a time', async () => {
    const test = branches(6);
    expect(weightSets(mergeBranches(test.graph))).toEqual([4, 4, 4, 4, 2, 2, 2, 2]);
    await expectSameResults(test);
  });

  it('with outputs and other readers in their middle', async () => {
    const test = layered((l, builder) => {
      for (const name of ['a', 'b']) {
        const half = backbone(l.child(name), builder.input(`x.${name}`, [1, 3, 6, 6]), 4);
        if (name === 'a') builder.output('half', half);
        else builder.output('pooled', l.m.resize('small', half, 3, 3, 'bilinear'));
        builder.output(name, backbone(l.child(name).child('more'), half, 3));
      }
    });
    const merged = mergeBranches(test.graph);
    expect(weightSets(merged)).toEqual(Array(7).fill(2));
    await expectSameResults(test);
  });

  it('over tokens', async () => {
    const test = layered((l, builder) => {
      for (const name of ['a', 'b']) {
        let y = builder.input(`x.${name}`, [1, 7, 5]);
        for (let i = 0; i < 4; i++) y = l.child(name).m.gelu(l.child(name).linear(`linear${i}`, y, 5));
        builder.output(name, y);
      }
    });
    expect(weightSets(mergeBranches(test.graph))).toEqual([2, 2, 2, 2]);
    await expectSameResults(test);
  });

  it('that share their weights', async () => {
    const test = layered((l, builder) => {
      for (const name of ['a', 'b'])
        builder.output(name, backbone(l.child('shared'), builder.input(`x.${name}`, [1, 3, 6, 6])));
    });
    expect(weightSets(mergeBranches(test.graph))).toEqual([2, 2, 2, 2]);
    await expectSameResults(test);
  });

  it('and again behind something that cannot be merged', async () => {
    const test = layered((l, builder) => {
      const features = ['a', 'b'].map((name) => {
        const half = backbone(l.child(name), builder.input(`x.${name}`, [1, 3, 6, 6]));
        return l.m.resize(`${name}.resized`, half, 4, 4, 'bilinear');
      });
      const ends = ['a', 'b'].map((name, i) =>
        backbone(l.child(name).child('more'), features[i] ?? builder.input('none', [1])),
      );
      builder.output('y', l.m.concat('joined', ends));
    });
    const merged = mergeBranches(test.graph);
    expect(weightSets(merged)).toEqual(Array(8).fill(2));
    expect(census(merged)).toMatchObject({ concat: 3 });
    await expectSameResults(test);
  });

  it('that meet in other pairs later: each region gets its own inputs', async () => {
    const test = layered((l, builder) => {
      const input = (name: string) => builder.input(name, [1, 5, 6, 6]);
      const a = backbone(l.child('a'), input('x.a'));
      const b = backbone(l.child('b'), input('x.b'));
      builder.output('b', b);
      // The second pair begins with the first one's result, and with another value.
      builder.output('c', backbone(l.child('c'), a, 5, 6));
      builder.output('d', backbone(l.child('d'), input('x.d'), 5, 6));
    });
    const merged = mergeBranches(test.graph);
    expect(weightSets(merged)).toEqual(Array(9).fill(2));
    await expectSameResults(test);
  });

  it('that meet crosswise later', async () => {
    const test = layered((l, builder) => {
      const input = (name: string) => builder.input(name, [1, 5, 6, 6]);
      const [a, b] = [backbone(l.child('a'), input('x.a')), backbone(l.child('b'), input('x.b'))];
      builder.output('c', backbone(l.child('c'), b, 5, 6));
      builder.output('d', backbone(l.child('d'), a, 5, 6));
    });
    const merged = mergeBranches(test.graph);
    expect(weightSets(merged)).toEqual(Array(9).fill(2));
    await expectSameResults(test);
  });

  it('but not where that would make a cycle: one branch does first what the other does last', async () => {
    const test = layered((l, builder) => {
      const wide = (m: Layers, x: Value) => backbone(m, x, 4, 8);
      const narrow = (m: Layers, x: Value) => backbone(m, l.m.resize(`${m.m.path}.down`, x, 3, 3, 'nearest'));
      const a = l.child('a');
      const b = l.child('b');
      const half = wide(a, builder.input('x.a', [1, 8, 6, 6]));
      builder.output('a', narrow(a.child('more'), half));
      const first = narrow(b, builder.input('x.b', [1, 8, 6, 6]));
      builder.output(
        'b',
        wide(b.child('more'), l.m.resize('up', b.conv('grown', first, 8), 6, 6, 'nearest')),
      );
    });
    const merged = mergeBranches(test.graph);
    expect(weightSets(merged).filter((sets) => sets === 2)).toHaveLength(4);
    await expectSameResults(test);
  });

  it('behind pixel shuffles that are indexing', async () => {
    const test = layered((l, builder) => {
      for (const name of ['a', 'b']) {
        const m = l.child(name);
        const low = m.conv('low', builder.input(`x.${name}`, [1, 3, 4, 4]), 16);
        builder.output(name, backbone(m, l.m.pixelShuffle(`${name}.shuffled`, low, 2)));
      }
    });
    const indexed = pixelShuffleIndexing(test.graph);
    await expectSameResults(test, mergeBranches(indexed));
    await expectSameResults(test, optimize(test.graph));
  });
});

describe('branches stay apart', () => {
  it('that are too short to be worth it', () => expectUntouched(branches(2, 3)));

  it('that share an input', () =>
    expectUntouched(
      layered((l, builder) => {
        const x = builder.input('x', [1, 3, 6, 6]);
        builder.output('y', l.m.add(backbone(l.child('a'), x), backbone(l.child('b'), x)));
      }),
    ));

  it('of which one follows from the other', () =>
    expectUntouched(
      layered((l, builder) => {
        const x = builder.input('x', [1, 5, 6, 6]);
        builder.output('y', backbone(l.child('b'), backbone(l.child('a'), x)));
      }),
    ));

  it.each([
    ['widths', (l: Layers, x: Value, i: number) => backbone(l, x, 4, 5 + i)],
    [
      'activations',
      (l: Layers, x: Value, i: number) => {
        let y = x;
        for (let k = 0; k < 4; k++) {
          const conv = l.conv(`conv${k}`, y, 4);
          y = (k + i) % 2 ? l.m.relu(conv) : l.m.gelu(conv);
        }
        return y;
      },
    ],
  ])('of different %s', (_, write) =>
    expectUntouched(
      layered((l, builder) => {
        for (const i of [0, 1])
          builder.output(`y${i}`, write(l.child(`region${i}`), builder.input(`x${i}`, [1, 4, 5, 5]), i));
      }),
    ),
  );

  it('of different sizes', () =>
    expectUntouched(
      layered((l, builder) => {
        for (const i of [0, 1])
          builder.output(`y${i}`, backbone(l.child(`region${i}`), builder.input(`x${i}`, [1, 4, 5, 5 + i])));
      }),
    ));

  it('of which one adds a constant where the other adds a value that follows from it', () =>
    expectSameResults(
      layered((l, builder) => {
        const table = builder.data('table', Array(100).fill(0.5), [1, 4, 5, 5]);
        const a = backbone(l.child('a'), builder.input('x.a', [1, 4, 5, 5]), 4, 4);
        const b = backbone(l.child('b'), builder.input('x.b', [1, 4, 5, 5]), 4, 4);
        const first = l.m.add(a, table);
        builder.output('a', first);
        builder.output('b', l.m.add(b, l.m.resize('followed', first, 5, 5, 'nearest')));
      }),
    ));

  it('whose tensors have no batch axis', () =>
    expectUntouched(
      layered((l, builder) => {
        for (const name of ['a', 'b']) {
          let y = builder.input(`x.${name}`, [7, 5]);
          for (let i = 0; i < 4; i++) y = l.child(name).linear(`linear${i}`, y, 5);
          builder.output(name, y);
        }
      }),
    ));

  it('when there is nothing to merge', () => {
    const graph = new GraphBuilder().build();
    expect(mergeBranches(graph)).toBe(graph);
  });
});
