import { expect, it } from 'vitest';
import { GraphBuilder, Module } from '../../../src/graph/index.js';
import { removeUnused } from '../../../src/graph/passes/remove-unused.js';
import { argmax } from '../../../src/kernels/argmax/argmax.js';

it('removes what no output depends on, with its constants, and leaves the order', () => {
  const builder = new GraphBuilder({ weights: new Map([['dead.weight', [4, 4, 1, 1]]]) });
  const m = new Module(builder);
  const x = builder.input('x', [1, 4, 4, 4]);
  const shared = m.relu(x);
  m.sigmoid(m.conv2d('dead', shared));
  m.tokens(shared);
  builder.output('y', m.add(m.sigmoid(shared), x));
  const kept = removeUnused(builder.build());
  expect(kept.nodes.map(({ label }) => label)).toEqual(['x.relu', 'x.relu.sigmoid', 'add']);
  expect(kept.constants.size).toBe(0);
  expect([...kept.inputs.keys()]).toEqual(['x']);
});

it('keeps a node of several results when one of them is read', () => {
  const builder = new GraphBuilder();
  const x = builder.input('x', [1, 1, 4, 4]);
  const { value } = builder.kernel(argmax, 'peak', { x }, { positiveOnly: true });
  if (!value) throw new Error('argmax has a value');
  builder.output('value', value);
  expect(removeUnused(builder.build()).nodes).toEqual(builder.build().nodes);
});

it('leaves nothing of a graph without outputs', () => {
  const builder = new GraphBuilder();
  new Module(builder).relu(builder.input('x', [1]));
  expect(removeUnused(builder.build()).nodes).toEqual([]);
});
