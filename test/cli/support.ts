import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { CliStreams } from '../../src/cli/context.js';
import type { OpenEngine } from '../../src/cli/engine.js';
import { runCli } from '../../src/cli/run.js';
import { encodePng } from '../../src/node/images/encode.js';
import { inProcessJobs } from '../../src/node/images/jobs.js';
import { checkpointZip, dictPickle, tensor } from '../convert/archives.js';
import { seededWeights } from '../support/seeded.js';
import { RELEASED, type StateDictOptions, stateDictShapes } from '../support/state-dict.js';
import { syntheticImage } from '../support/synthetic-image.js';

/** A folder of this test file's own. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zian-cli-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const noEngine: OpenEngine = async () => {
  throw new Error('this command should not load a model');
};

/** Runs the command in this process. */
export async function zian(
  args: readonly string[],
  {
    openEngine = noEngine,
    debug = false,
    streams = {},
  }: { openEngine?: OpenEngine; debug?: boolean; streams?: Partial<CliStreams> } = {},
): Promise<CliRun> {
  let out = '';
  let err = '';
  const code = await runCli(args, {
    streams: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      terminal: undefined,
      outClosed: () => false,
      ...streams,
    },
    openEngine,
    openImageJobs: () => inProcessJobs,
    version: '1.2.3-test',
    debug,
  });
  return { code, out, err };
}

/** Widths that make a small checkpoint. */
export const NARROW: StateDictOptions = {
  ...RELEASED,
  stages: [
    { modules: 1, blocks: [1, 1], channels: [6, 12] },
    { modules: 1, blocks: [1, 1, 1], channels: [6, 12, 20] },
    { modules: 1, blocks: [1, 1, 1, 1], channels: [6, 12, 20, 36] },
  ],
  widths: { stem: 12, layer1_planes: 5, layer1_blocks: 2, final: 32, attractors: 10, head: 7 },
};

/** Sizes that go with them, as an experiment file. */
export const NARROW_YAML = `# Small sizes
MODEL:
  IMAGE_SIZE: [136, 136]
  CROP_SIZE: [128, 128]
  REGION_RADIUS: 16
  DS_FACTOR: 2
  EXTRA:
    STAGE4: {NUM_MODULES: 1, NUM_BRANCHES: 4, NUM_BLOCKS: [1, 1, 1, 1], NUM_CHANNELS: [6, 12, 20, 36]}
TRAIN:
  AGE_DATA: no
`;

/** Seeded weights for them. */
export const narrowWeights = (): Map<string, Float32Array> => seededWeights(stateDictShapes(NARROW), 101);

/** A file as torch.save writes it of a state dict. */
export function writeCheckpoint(
  path: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  weights: ReadonlyMap<string, Float32Array>,
): void {
  const storages: Record<string, Uint8Array> = {};
  const entries: Record<string, number[]> = {};
  for (const [name, shape] of shapes) {
    const values = weights.get(name);
    if (values === undefined) throw new Error(`no weights for ${name}`);
    const key = String(Object.keys(storages).length);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    storages[key] = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    entries[name] = tensor({ key, count: values.length, shape, strides });
  }
  writeFileSync(path, checkpointZip(dictPickle(entries), storages));
}

export function writeNarrowCheckpoint(path: string): void {
  writeCheckpoint(path, stateDictShapes(NARROW), narrowWeights());
}

export const writeImage = (path: string, width: number, height: number, seed: number): void =>
  writeFileSync(path, encodePng(syntheticImage(width, height, seed)));
