import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/graph/index.js';
import { optimize } from '../../../src/graph/index.js';
import { pixelShuffleIndexing } from '../../../src/graph/passes/pixel-shuffle-indexing.js';
import { conv2d } from '../../../src/kernels/conv2d/conv2d.js';
import { cropAndResize } from '../../../src/kernels/crop_and_resize/crop_and_resize.js';
import { cropPositions } from '../../../src/kernels/crop_and_resize/positions.js';
import { census, compute, type Layers, layered, type TestGraph, worstDistance } from '../support.js';

const of = (write: (layers: Layers, x: Value) => Value) =>
  layered((layers, builder) => builder.output('y', write(layers, builder.input('x', [2, 3, 4, 5]))));

/** Only the place of the values changes: what is computed is the same, bit by bit. */
async function expectSameBits(test: TestGraph, graph = pixelShuffleIndexing(test.graph)): Promise<void> {
  expect(worstDistance(await compute({ ...test, graph }), await compute(test)).distance).toBe(0);
}

describe('a pixel shuffle becomes indexing', () => {
  it.each([2, 3, 4])('by %i in the convolution that reads it', async (factor) => {
    const test = of((l, x) => {
      const low = l.conv('low', x, 8 * factor ** 2, { bias: true });
      return l.conv('high', l.m.pixelShuffle('shuffled', low, factor), 5);
    });
    const indexed = pixelShuffleIndexing(test.graph);
    expect(census(indexed)).toEqual({ conv2d: 2, view: 1 });
    expect(indexed.nodes[1]).toMatchObject({ kind: 'view', label: 'shuffled', block: factor });
    await expectSameBits(test);
  });

  it('in a crop, and behind an activation that is fused', async () => {
    const test = layered((l, builder) => {
      const x = builder.input('x', [1, 3, 4, 4]);
      const shuffled = l.m.pixelShuffle('shuffled', l.conv('low', x, 16), 2);
      const positions = cropPositions({ centers: [4], size: 6, scale: 1.5, extent: 8 });
      const table = (axis: string) => builder.data(axis, positions, [1, 6]);
      builder.output(
        'y',
        builder.apply(
          cropAndResize,
          'crop',
          { image: shuffled, columns: table('columns'), rows: table('rows') },
          {},
        ),
      );
    });
    expect(census(pixelShuffleIndexing(test.graph))).toEqual({
      conv2d: 1,
      view: 1,
      crop_and_resize: 1,
    });
    await expectSameBits(test);
  });

  it('for all of several readers', async () => {
    const test = of((l, x) => {
      const shuffled = l.m.pixelShuffle('shuffled', l.conv('low', x, 16), 2);
      return l.m.add(l.conv('one', shuffled, 5), l.conv('other', shuffled, 5));
    });
    expect(census(pixelShuffleIndexing(test.graph))).toEqual({ conv2d: 3, view: 1, sum: 1 });
    await expectSameBits(test);
  });

  it('of each image of a merged batch', async () => {
    const test = layered((l, builder) => {
      const regions = ['a', 'b'].map((name) => {
        let x = builder.input(name, [1, 4, 4, 4]);
        for (let i = 0; i < 4; i++) x = l.child(name).conv(`conv${i}`, x, 16, { bias: true });
        return l.child(name).conv('head', l.m.pixelShuffle(`${name}.shuffled`, x, 2), 3);
      });
      builder.output('y', l.m.concat('joined', regions));
    });
    const merged = optimize(test.graph, ['concat-slices']);
    expect(census(merged)).toEqual({ concat: 2, conv2d: 6, view: 4 });
    await expectSameBits(test, merged);
    await expectSameBits(test, optimize(test.graph));
  });
});

describe('a pixel shuffle is carried out', () => {
  const carriedOut = async (test: TestGraph): Promise<void> => {
    expect(pixelShuffleIndexing(test.graph).nodes).toEqual(test.graph.nodes);
    await expectSameBits(test);
  };

  it('where a reader cannot read blocks', async () => {
    await carriedOut(of((l, x) => l.m.relu(l.m.pixelShuffle('shuffled', l.conv('low', x, 16), 2))));
    await carriedOut(of((l, x) => l.m.tokens(l.m.pixelShuffle('shuffled', l.conv('low', x, 16), 2))));
    await carriedOut(
      of((l, x) => {
        const shuffled = l.m.pixelShuffle('shuffled', l.conv('low', x, 16), 2);
        return l.m.add(l.conv('conv', shuffled, 4), shuffled);
      }),
    );
    await carriedOut(
      of((l, x) => {
        const shuffled = l.m.pixelShuffle('shuffled', l.conv('low', x, 16), 2);
        const weight = l.m.builder.data('weight', Array(16).fill(0.5), [4, 4, 1, 1]);
        return l.m.builder.apply(conv2d, 'conv', { x: shuffled, weight, r0: shuffled }, { factors: [1] });
      }),
    );
  });

  it('where its channels do not fill whole vec4s', () =>
    carriedOut(of((l, x) => l.conv('high', l.m.pixelShuffle('shuffled', l.conv('low', x, 24), 2), 5))));

  it('where it, or the convolution, is an output', async () => {
    await carriedOut(of((l, x) => l.m.pixelShuffle('shuffled', l.conv('low', x, 16), 2)));
    await carriedOut(
      layered((l, builder) => {
        const low = l.conv('low', builder.input('x', [1, 3, 2, 2]), 16);
        builder.output('low', low);
        builder.output('y', l.conv('high', l.m.pixelShuffle('shuffled', low, 2), 4));
      }),
    );
  });

  it('where something else reads the convolution, or there is none', async () => {
    await carriedOut(
      of((l, x) => {
        const low = l.conv('low', x, 16);
        const high = l.conv('high', l.m.pixelShuffle('shuffled', low, 2), 4, { stride: 2 });
        return l.m.concat('joined', [high, low]);
      }),
    );
    await carriedOut(
      layered((l, builder) => {
        const x = builder.input('x', [1, 16, 2, 2]);
        builder.output('y', l.conv('high', l.m.pixelShuffle('shuffled', x, 2), 4));
      }),
    );
  });

  it('behind a convolution with groups, residuals or several weight sets', async () => {
    await carriedOut(
      layered((l, builder) => {
        const low = l.conv('low', builder.input('x', [1, 4, 2, 2]), 16, { groups: 2 });
        builder.output('y', l.conv('high', l.m.pixelShuffle('shuffled', low, 2), 4));
      }),
    );
    for (const attributes of [{ factors: [1] }, { branches: 2 }])
      await carriedOut(
        layered((l, builder) => {
          const x = builder.input('x', [2, 16, 2, 2]);
          const rows = 'branches' in attributes ? 32 : 16;
          const weight = builder.data('weight', Array(rows * 16).fill(0.5), [rows, 16, 1, 1]);
          const residual = 'factors' in attributes ? { r1: x } : {};
          const low = builder.apply(conv2d, 'low', { x, weight, ...residual }, attributes);
          builder.output('y', l.conv('high', l.m.pixelShuffle('shuffled', low, 2), 4));
        }),
      );
  });
});
