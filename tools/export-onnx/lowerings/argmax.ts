import type { ArgmaxAttributes } from '../../../src/kernels/argmax/argmax.js';
import type { Lowering } from '../lowering.js';

/** `index` is int64 here; of a NaN among the values ONNX does not say what becomes. */
export const argmaxLowering: Lowering<ArgmaxAttributes> = {
  lower({ emitter, attributes, input }) {
    const x = input('x');
    const [n = 0, c = 0, h = 0, w = 0] = x.shape;
    const one = [n, c, 1];
    const planes = emitter.reshape(x, [n, c, h * w]);
    const top = emitter.node('ReduceMax', [planes], one, { axes: [2], keepdims: 1 });
    const first = emitter.node('ArgMax', [planes], one, { axis: 2, keepdims: 1 }, 'int64');
    // Compared as floats, which are exact up to 2^24 and which a GPU can compare.
    const positions = emitter.floats(`0 to ${h * w - 1}`, [h * w], () =>
      Float32Array.from({ length: h * w }, (_, i) => i),
    );
    const place = emitter.node('Cast', [first], one, { to: 1 });
    const isTop = emitter.node('Equal', [positions, place], planes.shape, {}, 'bool');
    const others = emitter.node(
      'Where',
      [isTop, emitter.numbers(Number.NEGATIVE_INFINITY), planes],
      planes.shape,
    );
    const second = emitter.node('ReduceMax', [others], one, { axes: [2], keepdims: 1 });

    const zero = emitter.numbers(0);
    const flat = attributes.positiveOnly
      ? emitter.node(
          'Where',
          [emitter.node('LessOrEqual', [top, zero], one, {}, 'bool'), emitter.integers(0), first],
          one,
          {},
          'int64',
        )
      : first;
    const row = emitter.binary('Div', flat, emitter.integers(w));
    const column = emitter.binary('Sub', flat, emitter.binary('Mul', row, emitter.integers(w)));
    const neighbours = [
      [row, emitter.binary('Max', emitter.binary('Sub', column, emitter.integers(1)), emitter.integers(0))],
      [
        row,
        emitter.binary('Min', emitter.binary('Add', column, emitter.integers(1)), emitter.integers(w - 1)),
      ],
      [emitter.binary('Max', emitter.binary('Sub', row, emitter.integers(1)), emitter.integers(0)), column],
      [
        emitter.binary('Min', emitter.binary('Add', row, emitter.integers(1)), emitter.integers(h - 1)),
        column,
      ],
    ] as const;
    const around = neighbours.map(([y, x]) =>
      emitter.binary('Add', emitter.binary('Mul', y, emitter.integers(w)), x),
    );
    const nothing = emitter.expand(emitter.integers([0]), one);
    const unused = emitter.expand(zero, [n, c, 2]);
    return {
      index: emitter.concat([column, row, flat, nothing], 2),
      value: emitter.concat([top, second, unused], 2),
      around: emitter.node('GatherElements', [planes, emitter.concat(around, 2)], [n, c, 4], { axis: 2 }),
    };
  },
};
