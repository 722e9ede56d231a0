import { describe, expect, it } from 'vitest';
import { type Graph, GraphBuilder, Module, type Value } from '../../src/graph/index.js';
import { Placement } from '../../src/graph/placement.js';

const image = (label: string, shape: readonly number[]): Value => ({ label, spec: { shape, dtype: 'f32' } });
const empty: Graph = {
  nodes: [],
  inputs: new Map(),
  outputs: new Map(),
  constants: new Map(),
  slices: new Map(),
};

describe('Placement', () => {
  it('gives a value of its own dense rows of whole vec4s', () => {
    const x = image('x', [2, 6, 3, 3]);
    expect(new Placement(empty).of(x)).toEqual({
      storage: x,
      operand: { ...x.spec, layout: { offset: 0, stride: 2, block: 1 } },
    });
  });

  it('puts channel slices side by side and batch slices one after the other', () => {
    const whole = image('whole', [2, 12, 3, 3]);
    const channels = image('channels', [2, 4, 3, 3]);
    const images = image('images', [1, 12, 3, 3]);
    const placement = new Placement({
      ...empty,
      slices: new Map([
        [channels, { of: whole, firstPixel: 0, firstVec4: 2 }],
        [images, { of: whole, firstPixel: 9, firstVec4: 0 }],
      ]),
    });
    expect(placement.of(channels)).toMatchObject({
      storage: whole,
      operand: { layout: { offset: 2, stride: 3, block: 1 }, shape: [2, 4, 3, 3] },
    });
    expect(placement.of(images)).toMatchObject({
      storage: whole,
      operand: { layout: { offset: 27, stride: 3, block: 1 } },
    });
  });

  it('follows slices of slices: the stride is the outermost, the offsets add up', () => {
    const outer = image('outer', [3, 20, 2, 2]);
    const middle = image('middle', [1, 20, 2, 2]);
    const inner = image('inner', [1, 8, 2, 2]);
    const placement = new Placement({
      ...empty,
      slices: new Map([
        [inner, { of: middle, firstPixel: 0, firstVec4: 3 }],
        [middle, { of: outer, firstPixel: 8, firstVec4: 0 }],
      ]),
    });
    expect(placement.of(inner)).toMatchObject({
      storage: outer,
      operand: { layout: { offset: 8 * 5 + 3, stride: 5, block: 1 } },
    });
  });

  it('follows views, of slices as well', () => {
    const builder = new GraphBuilder();
    const m = new Module(builder);
    const x = builder.input('x', [2, 8, 2, 3]);
    const second = builder.view('second', x, [1, 8, 2, 3], 6);
    const tokens = m.tokens(second);
    const graph = builder.build();
    expect(new Placement(graph).of(tokens)).toMatchObject({
      storage: x,
      operand: { shape: [1, 6, 8], layout: { offset: 12, stride: 2, block: 1 } },
    });
    const whole = image('whole', [2, 16, 2, 3]);
    const sliced = { ...graph, slices: new Map([[x, { of: whole, firstPixel: 0, firstVec4: 1 }]]) };
    expect(new Placement(sliced).of(tokens)).toMatchObject({
      storage: whole,
      operand: { layout: { offset: 6 * 4 + 1, stride: 4, block: 1 } },
    });
  });

  const low = image('low', [1, 32, 2, 2]);
  const high = image('high', [1, 8, 4, 4]);
  const shuffle = {
    kind: 'view',
    label: 'high',
    input: low,
    output: high,
    firstPixel: 0,
    block: 2,
  } as const;

  it('gives the blocks of a pixel shuffle rows of their own', () => {
    expect(new Placement({ ...empty, nodes: [shuffle] }).of(high)).toMatchObject({
      storage: low,
      operand: { shape: [1, 8, 4, 4], layout: { offset: 0, stride: 2, block: 2 } },
    });
  });

  it('gives the blocks of one image of a batch their place', () => {
    const both = image('both', [2, 32, 2, 2]);
    const part = {
      kind: 'view',
      label: 'low',
      input: both,
      output: low,
      firstPixel: 4,
      block: 1,
    } as const;
    expect(new Placement({ ...empty, nodes: [part, shuffle] }).of(high)).toMatchObject({
      storage: both,
      operand: { layout: { offset: 4 * 8, stride: 2, block: 2 } },
    });
  });

  it('refuses blocks where the low-resolution pixels do not lie side by side', () => {
    const whole = image('whole', [1, 64, 2, 2]);
    const graph = {
      ...empty,
      nodes: [shuffle],
      slices: new Map([[low, { of: whole, firstPixel: 0, firstVec4: 0 }]]),
    };
    expect(() => new Placement(graph).of(high)).toThrow('high: blocks need a dense tensor below them');
  });
});
