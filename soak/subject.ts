import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type ByteSource, bytesSource } from '../src/weights/index.js';
import type { RgbaImage } from '../src/zian/image.js';
import type { Localization, Zian } from '../src/zian/zian.js';
import { runModel } from '../test/support/model.js';
import { type Run, runImage } from '../test/support/run.js';
import { syntheticImage } from '../test/support/synthetic-image.js';

/** What is run: a model, and the picture that it is given. */
export interface Subject {
  readonly name: string;
  readonly model: ByteSource;
  readonly image: RgbaImage;
}

/** A model with all parts of ZIAN and few channels, made of seeded weights: from the fixtures of the tests. */
export async function tinySubject(folder = 'test/fixtures/runs'): Promise<Subject> {
  const run: Run = JSON.parse(readFileSync(`${folder}/narrow.json`, 'utf8'));
  return { name: 'the tiny model', model: await runModel(run), image: runImage(run) };
}

/** A model file, and a picture of a formula. */
export function fileSubject(path: string): Subject {
  const name = basename(path);
  return { name, model: bytesSource(name, readFileSync(path)), image: syntheticImage(560, 448, 1) };
}

/** Everything that a picture gives, but for the times: to be the same bits. */
export async function answerOf(zian: Zian, image: RgbaImage): Promise<string> {
  const result = await zian.localize(image);
  const { coarse, fine } = await zian.heatmaps();
  return JSON.stringify([bits(result), digest(coarse.data), fine ? digest(fine.data) : 0]);
}

/** A result without its times. */
export const bits = ({ milliseconds: _, ...result }: Localization): string => JSON.stringify(result);

/** FNV-1a over the bits. */
function digest(data: Float32Array): number {
  let hash = 0x811c9dc5;
  for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length))
    hash = Math.imul(hash ^ word, 0x01000193);
  return hash >>> 0;
}
