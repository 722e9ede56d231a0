import { describe, expect, it } from 'vitest';
import { GraphBuilder, Module } from '../../src/graph/index.js';
import { argmax } from '../../src/kernels/argmax/argmax.js';
import { conv2d } from '../../src/kernels/conv2d/conv2d.js';
import { sum } from '../../src/kernels/sum/sum.js';
import { census, layered } from './support.js';

const WEIGHTS = new Map([
  ['stem.conv.weight', [8, 3, 3, 3]],
  ['stem.conv.bias', [8]],
  ['vector', [6]],
]);

describe('shapes', () => {
  it('are known at once, and every value bears the path of its layer', () => {
    const builder = new GraphBuilder({ weights: WEIGHTS });
    const y = new Module(builder, 'stem').conv2d('conv', builder.input('image', [2, 3, 9, 7]), {
      stride: 2,
      padding: 1,
    });
    expect(y).toEqual({ label: 'stem.conv', spec: { shape: [2, 8, 5, 4], dtype: 'f32' } });
  });

  it('that do not fit are told on the line that is wrong: the path and both shapes', () => {
    const builder = new GraphBuilder({ weights: WEIGHTS });
    const stem = new Module(builder, 'stem');
    const image = builder.input('image', [1, 4, 9, 7]);
    expect(() => stem.conv2d('conv', image)).toThrow(
      /^stem\.conv: .*x \[1, 4, 9, 7\] and weight \[8, 3, 3, 3\]/,
    );
    const other = builder.input('other', [1, 4, 9, 8]);
    expect(() => stem.add(image, other)).toThrow(/^stem\.add: .*\[1, 4, 9, 7\].*\[1, 4, 9, 8\]/);
    expect(() => stem.concat('joined', [image, other])).toThrow(/^joined: .*\[1, 4, 9, 7\].*\[1, 4, 9, 8\]/);
  });

  it('leave nothing behind when they do not fit', () => {
    const builder = new GraphBuilder({ weights: WEIGHTS });
    const m = new Module(builder);
    const x = builder.input('x', [1, 4, 2, 2]);
    expect(() => m.pixelShuffle('shuffled', x, 3)).toThrow(/^shuffled: /);
    expect(builder.build().nodes).toEqual([]);
  });
});

describe('inputs of a kernel', () => {
  const attributes = { factors: [1, 1], activation: 'none' } as const;

  it('must be there', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 4, 2, 2]);
    expect(() => builder.kernel(sum, 'total', { b: x }, attributes)).toThrow(
      "total: sum needs the input 'a'",
    );
  });

  it('must be known to it', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 4, 2, 2]);
    expect(() => builder.kernel(sum, 'total', { a: x, b: x, e: x }, attributes)).toThrow(
      "total: sum has no input 'e'",
    );
  });

  it('that are optional and undefined are left out', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 4, 2, 2]);
    builder.kernel(sum, 'total', { a: x, b: undefined, c: x }, attributes);
    expect(builder.build().nodes).toMatchObject([{ inputs: { a: x, c: x } }]);
    expect(Object.keys(builder.build().nodes[0] ?? {})).not.toContain('b');
  });

  it('that are weights must be constants', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 4, 2, 2]);
    const weight = builder.input('weight', [8, 4, 1, 1]);
    expect(() => builder.apply(conv2d, 'layer', { x, weight }, {})).toThrow(
      "layer: input 'weight' of conv2d must be a constant",
    );
  });
});

describe('outputs', () => {
  it('of a kernel with several are named after it, and apply refuses such a kernel', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 1, 2, 2]);
    const { index, value } = builder.kernel(argmax, 'peak', { x }, { positiveOnly: false });
    expect([index?.label, value?.label]).toEqual(['peak.index', 'peak.value']);
    expect(() => builder.apply(argmax, 'again', { x }, { positiveOnly: false })).toThrow(
      'again: argmax has several outputs',
    );
  });

  it('and inputs have one name each', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 1, 2, 2]);
    builder.output('y', x);
    expect(() => builder.input('x', [4])).toThrow("'x'");
    expect(() => builder.output('y', x)).toThrow("'y'");
  });

  it('cannot be constants: nothing would write them', () => {
    const builder = new GraphBuilder({ weights: WEIGHTS });
    expect(() => builder.output('y', builder.weight('vector'))).toThrow("'vector'");
  });
});

describe('weights', () => {
  it('that the model lacks are told by name', () => {
    const builder = new GraphBuilder({ weights: WEIGHTS });
    expect(() => builder.weight('missing')).toThrow("the model has no tensor 'missing'");
    expect(builder.hasWeight('vector')).toBe(true);
    expect(builder.hasWeight('missing')).toBe(false);
  });

  it('are one value however often they are used, for each element type', () => {
    const builder = new GraphBuilder({ weights: WEIGHTS, dtype: 'f16' });
    expect(builder.weight('vector')).toBe(builder.weight('vector'));
    expect(builder.weight('vector', 'f16')).not.toBe(builder.weight('vector'));
    expect(builder.weight('vector', 'f16').spec).toEqual({ shape: [6], dtype: 'f16' });
  });

  it('take another shape of as many elements', () => {
    const builder = new GraphBuilder({ weights: WEIGHTS });
    const weight = builder.weight('stem.conv.weight');
    expect(builder.reshaped(weight, [8, -1]).spec.shape).toEqual([8, 27]);
    expect(builder.reshaped(weight, [-1]).spec.shape).toEqual([216]);
    expect(() => builder.reshaped(weight, [7, 27])).toThrow(/stem\.conv\.weight \[8, 3, 3, 3\].*\[7, 27\]/);
    expect(() => builder.reshaped(weight, [5, -1])).toThrow(/stem\.conv\.weight/);
    expect(() => builder.reshaped(builder.input('x', [4]), [2, 2])).toThrow("'x' is not a constant");
  });

  it('given by value must fill their shape', () => {
    const builder = new GraphBuilder();
    expect(() => builder.data('table', [1, 2, 3], [2, 2])).toThrow(/3 values .*\[2, 2\]/);
  });
});

describe('views', () => {
  it('turn images into tokens and back', () => {
    const builder = new GraphBuilder();
    const m = new Module(builder);
    const tokens = m.tokens(builder.input('x', [2, 5, 3, 4]));
    expect(tokens.spec).toEqual({ shape: [2, 12, 5], dtype: 'f32' });
    expect(m.image(tokens, 4, 3).spec.shape).toEqual([2, 5, 4, 3]);
  });

  it('may be part of a batch', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [3, 5, 2, 2]);
    const second = builder.view('second', x, [1, 5, 2, 2], 4);
    expect(second.spec.shape).toEqual([1, 5, 2, 2]);
    expect(builder.build().nodes).toMatchObject([
      { kind: 'view', input: x, output: second, firstPixel: 4, block: 1 },
    ]);
  });

  it('keep the channels and stay inside', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [3, 5, 2, 2]);
    expect(() => builder.view('wider', x, [1, 10, 2, 3])).toThrow(/^wider: \[1, 10, 2, 3\].*\[3, 5, 2, 2\]/);
    expect(() => builder.view('beyond', x, [1, 5, 2, 2], 9)).toThrow(/^beyond: .* from pixel 9 /);
  });

  it('are not for constants, which take another shape by themselves', () => {
    const builder = new GraphBuilder({ weights: new Map([['table', [1, 4, 2, 2]]]) });
    expect(() => builder.view('tokens', builder.weight('table'), [1, 4, 4])).toThrow(/^tokens: /);
  });
});

it('graphs that were built do not change when more is added', () => {
  const builder = new GraphBuilder();
  const m = new Module(builder);
  const x = builder.input('x', [1, 4, 2, 2]);
  m.relu(x);
  const before = builder.build();
  builder.output('y', m.sigmoid(x));
  expect(before.nodes).toHaveLength(1);
  expect(before.outputs.size).toBe(0);
  expect(builder.build().nodes).toHaveLength(2);
});

describe('layers', () => {
  it('are one node each: a batch norm is a convolution of each channel by itself', () => {
    const { graph } = layered((layers, builder) => {
      const x = builder.input('x', [1, 3, 8, 8]);
      const y = layers.m.relu(layers.batchNorm('bn', layers.conv('conv', x, 6)));
      builder.output('y', layers.m.resize('resized', y, 16, 16, 'nearest'));
    });
    expect(census(graph)).toEqual({ conv2d: 2, activation: 1, resize: 1 });
  });

  it('refuse more than four tensors to concatenate', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 4, 2, 2]);
    expect(() => new Module(builder).concat('joined', [x, x, x, x, x])).toThrow(/^joined: 5 tensors/);
  });
});
