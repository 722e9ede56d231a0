import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/graph/index.js';
import { fuseActivation } from '../../../src/graph/passes/fuse-activation.js';
import { fuseModePool } from '../../../src/graph/passes/fuse-mode-pool.js';
import { layerNorm } from '../../../src/kernels/layer_norm/layer_norm.js';
import { modePool } from '../../../src/kernels/mode_pool/mode_pool.js';
import { census, compute, kernelNodes, type Layers, layered, worstDistance } from '../support.js';

/** The kernels' sums run in another order. */
const ROUNDING = 1e-5;
const MODES = 3;
const CHANNELS = 6;
const [H, W] = [5, 4];

const normalized = ({ m, weight }: BoundLayers, x: Value, groups = MODES): Value => {
  const affine = [(MODES * CHANNELS) / groups];
  const inputs = { x, weight: weight('norm.weight', affine), bias: weight('norm.bias', affine) };
  return m.builder.apply(layerNorm, 'norm', inputs, { groups, eps: 1e-12 });
};

const pooled = ({ m, weight }: BoundLayers, x: Value): Value => {
  const inputs = { x, weight: weight('score.weight', [CHANNELS]), bias: weight('score.bias', [1]) };
  return m.builder.apply(modePool, 'pool', inputs, { modes: MODES });
};

interface BoundLayers {
  readonly m: Layers['m'];
  readonly weight: (name: string, shape: readonly number[]) => Value;
}

/** A graph of tokens `x` and an image `residual`, whose output is what `write` returns. */
const of = (write: (layers: BoundLayers, x: Value, residual: Value) => Value) =>
  layered((l, builder) => {
    const x = builder.input('x', [2, H * W, MODES * CHANNELS]);
    const residual = builder.input('residual', [2, CHANNELS, W, H]);
    const weight = (name: string, shape: readonly number[]): Value => l.weight(name, shape);
    builder.output('y', write({ m: l.m, weight }, x, residual));
  });

const image = ({ m }: BoundLayers, tokens: Value): Value =>
  m.transposeHw('transposed', m.image(tokens, H, W));

async function expectSame(
  test: ReturnType<typeof of>,
  nodes: Readonly<Record<string, number>>,
): Promise<void> {
  const fused = fuseModePool(test.graph);
  expect(census(fused)).toEqual(nodes);
  const worst = worstDistance(await compute({ ...test, graph: fused }), await compute(test));
  expect(worst.distance).toBeLessThanOrEqual(ROUNDING);
}

describe('fuse-mode-pool', () => {
  it('takes in the normalisation of the modes', async () => {
    const test = of((l, x) => pooled(l, normalized(l, x)));
    await expectSame(test, { mode_pool: 1 });
    const [pool] = kernelNodes(fuseModePool(test.graph));
    expect(pool?.inputs.x?.label).toBe('x');
    expect(pool?.attributes).toEqual({ modes: MODES, eps: 1e-12 });
  });

  it.each(['before', 'after'])('adds to an image that is the sum’s term %s it', async (place) => {
    const test = of((l, x, residual) => {
      const added = image(l, pooled(l, normalized(l, x)));
      return place === 'before' ? l.m.add(residual, added) : l.m.add(added, residual);
    });
    await expectSame(test, { mode_pool: 1 });
  });

  it('adds without a normalisation', async () => {
    await expectSame(
      of((l, x, residual) => l.m.add(residual, image(l, pooled(l, x)))),
      { mode_pool: 1 },
    );
  });

  it('leaves a normalisation of other groups, and one that is read twice', async () => {
    await expectSame(
      of((l, x) => pooled(l, normalized(l, x, 1))),
      { layer_norm: 1, mode_pool: 1 },
    );
    const twice = of((l, x) => {
      const norm = normalized(l, x);
      l.m.builder.output('norm', norm);
      return pooled(l, norm);
    });
    await expectSame(twice, { layer_norm: 1, mode_pool: 1 });
  });

  it('leaves an image that is not transposed, and sums with an activation', async () => {
    const square = of((l, x) => {
      const tokens = pooled(l, x);
      return l.m.add(l.m.image(tokens, H, W), l.m.image(tokens, H, W));
    });
    await expectSame(square, { mode_pool: 1, view: 2, sum: 1 });
    const activated = of((l, x, residual) => l.m.relu(l.m.add(residual, image(l, pooled(l, x)))));
    const graph = fuseActivation(activated.graph);
    await expectSame({ ...activated, graph }, { mode_pool: 1, view: 1, transpose_hw: 1, sum: 1 });
  });

  it('leaves a transposed image that somebody else reads', async () => {
    const test = of((l, x, residual) => {
      const added = image(l, pooled(l, x));
      l.m.builder.output('added', added);
      return l.m.add(residual, added);
    });
    await expectSame(test, { mode_pool: 1, view: 1, transpose_hw: 1, sum: 1 });
  });
});
