import { describe, expect, it } from 'vitest';
import { textTable } from '../../../bench/format.js';
import { rowOf, rowsTable } from '../../../bench/peers/report.js';

const row = rowOf(
  'backbone',
  'onnxruntime-node webgpu',
  { ours: [10, 30, 20], peer: [100, 200, 60] },
  { maxAbsError: 2.5e-6, scale: 3 },
);

describe('rows of the bench of peers', () => {
  it('have medians and their ratio', () => {
    expect(row).toMatchObject({
      name: 'backbone',
      peer: 'onnxruntime-node webgpu',
      oursMs: 20,
      peerMs: 100,
      ratio: 5,
      maxAbsError: 2.5e-6,
      scale: 3,
    });
  });

  it('stand side by side in a table', () => {
    const [head = '', line = ''] = textTable(rowsTable([row])).split('\n');
    expect(head.trim().split(/ {2,}/)).toEqual([
      'network',
      'peer',
      'ours ms',
      'peer ms',
      'peer / ours',
      'largest error',
      'of',
      'runs',
    ]);
    expect(line.trim().split(/ {2,}/)).toEqual([
      'backbone',
      'onnxruntime-node webgpu',
      '20.0',
      '100',
      '5.00',
      '2.5e-6',
      '3.00',
      '3',
    ]);
  });
});
