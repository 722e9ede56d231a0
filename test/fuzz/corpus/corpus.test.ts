import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ZianError } from '../../../src/errors.js';
import { decodeImage } from '../../../src/node/images/decode.js';
import { bytesSource } from '../../../src/weights/index.js';
import { readCheckpoint } from '../../../tools/convert-weights/index.js';
import { rgbDigest } from '../../images/fixtures.js';
import { messageProblem } from '../outcome.js';

const FOLDER = 'test/fixtures/corpus';

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}

/** Dtype, shape and SHA-256 of each tensor. */
type Tensors = Readonly<Record<string, readonly [string, readonly number[], string]>>;

interface Expected {
  readonly outcome: 'read' | 'refused';
  readonly reference: Picture | Tensors | null;
  /** Where the outcome is not the reference's. */
  readonly why?: string;
}

const EXPECTED: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(`${FOLDER}/expected.json`, 'utf8'),
);

async function picture(bytes: Uint8Array, file: string): Promise<Picture> {
  const image = await decodeImage(bytes, file);
  return { width: image.width, height: image.height, sha256: rgbDigest(image) };
}

async function tensors(bytes: Uint8Array, file: string): Promise<Tensors> {
  const checkpoint = await readCheckpoint(bytesSource(file, bytes));
  const found: Record<string, readonly [string, readonly number[], string]> = {};
  for (const [name, tensor] of checkpoint.tensors) {
    const hash = createHash('sha256');
    for await (const piece of tensor.pieces()) hash.update(piece);
    found[name] = [tensor.dtype, tensor.shape, hash.digest('hex')];
  }
  return found;
}

describe('odd and invalid files, with what OpenCV and PyTorch make of them', () => {
  it.each(Object.entries(EXPECTED))('%s', async (file, { outcome, reference, why }) => {
    const bytes = new Uint8Array(readFileSync(`${FOLDER}/${file}`));
    const reading = file.endsWith('.pth') ? tensors(bytes, file) : picture(bytes, file);
    const result = await reading.catch((error: unknown) => error);
    if (outcome === 'refused') {
      expect(result).toBeInstanceOf(ZianError);
      if (!(result instanceof ZianError)) return;
      expect(result.kind).toBe('input');
      expect(messageProblem(result.message)).toBeUndefined();
      if (reference !== null) expect(why).toMatch(/\w{3}/);
    } else {
      if (reference !== null) expect(result).toEqual(reference);
      else expect(result).not.toBeInstanceOf(Error);
    }
  });

  it('are as many as the documentation says', () => {
    const count = (ending: string) => Object.keys(EXPECTED).filter((file) => file.endsWith(ending)).length;
    const documentation = readFileSync('docs/reliability.md', 'utf8');
    expect(documentation).toContain(
      `${count('.png')} PNG, ${count('.jpg')} JPEG and ${count('.pth')} checkpoint files`,
    );
  });
});
