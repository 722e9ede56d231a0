import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { blobSource } from '../../src/weights/index.js';
import { readCheckpoint } from '../../tools/convert-weights/index.js';
import { EXPECTED, fixtureBytes, fixtureSource } from './fixtures.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const withoutKind = (entry: string): string => entry.replace(/ \([^()]*\)$/, '');

describe('readCheckpoint sees what torch.load sees', () => {
  it.each(Object.entries(EXPECTED))('in %s', async (file, expected) => {
    const checkpoint = await readCheckpoint(fixtureSource(file));
    expect(checkpoint.format).toBe(expected.format);
    const seen = [];
    for (const [name, tensor] of checkpoint.tensors) {
      const bytes = await tensor.bytes();
      expect(bytes.byteLength).toBe(tensor.byteLength);
      const whole = createHash('sha256');
      for await (const piece of tensor.pieces()) whole.update(piece);
      expect(whole.digest('hex')).toBe(sha256(bytes));
      seen.push({ name, dtype: tensor.dtype, shape: tensor.shape, sha256: sha256(bytes) });
    }
    expect(seen).toEqual(expected.tensors);
    const scalars = [...checkpoint.scalars].map(([name, value]) => {
      const odd = typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value));
      return [name, odd ? String(value) : value];
    });
    expect(Object.fromEntries(scalars)).toEqual(expected.metadata);
    expect(checkpoint.opaque.map(withoutKind)).toEqual(expected.opaque);
  });

  it('covers both formats and protocols 2 to 5', () => {
    const files = Object.keys(EXPECTED);
    for (const format of ['zip', 'legacy']) {
      for (const protocol of [2, 3, 4, 5]) expect(files).toContain(`everything-${format}-p${protocol}.pth`);
    }
    expect(EXPECTED['everything-zip-p2.pth']?.tensors.length).toBeGreaterThan(30);
  });

  it('says what kind of thing was left out', async () => {
    const { opaque } = await readCheckpoint(fixtureSource('everything-zip-p2.pth'));
    expect(opaque).toContain('extras.args (argparse.Namespace)');
    expect(opaque).toContain('extras.numpy.0 (numpy scalar float64)');
    expect(opaque).toContain('extras.quantized (quantized tensor)');
    expect(opaque).toContain('extras.bytes (bytes)');
  });

  it('reads from a Blob, as in a browser', async () => {
    const blob = new Blob([fixtureBytes('bare.pth').slice()]);
    const { tensors } = await readCheckpoint(blobSource('bare.pth', blob));
    const weight = await tensors.get('conv.weight')?.bytes();
    const expected = EXPECTED['bare.pth']?.tensors.find(({ name }) => name === 'conv.weight');
    expect(sha256(weight ?? new Uint8Array(0))).toBe(expected?.sha256);
  });

  it('reads a tensor without reading the others', async () => {
    const source = fixtureSource('training-legacy.pth');
    let bytes = 0;
    const { tensors } = await readCheckpoint({
      ...source,
      read(offset, length) {
        bytes += length;
        return source.read(offset, length);
      },
    });
    bytes = 0;
    const bias = tensors.get('state_dict.head.bias');
    expect((await bias?.bytes())?.byteLength).toBe(4);
    expect(bytes).toBe(4);
  });

  it('gives names of one tensor one entry', async () => {
    const { tensors } = await readCheckpoint(fixtureSource('everything-zip-p2.pth'));
    expect(tensors.get('views.shared.0')).not.toBe(tensors.get('views.shared.1'));
    expect(tensors.size).toBe(EXPECTED['everything-zip-p2.pth']?.tensors.length);
  });
});
