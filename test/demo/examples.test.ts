import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTruth } from '../../demo/truth.js';
import type { OpenedEngine } from '../../src/cli/engine.js';
import { decode } from '../../src/cli/localize.js';
import { localizeOne } from '../../src/cli/localize-group.js';
import { openEngine } from '../../src/cli/open-engine.js';
import { bundledModel, type Task } from '../../src/node/bundled-models.js';

const EXAMPLES = join(process.cwd(), 'examples');
const MEGABYTES = 1e6;

/**
 * The task, its table, and the largest error, of the width of what the network sees. The models miss one generated
 * picture in some; of these the left half of asoct-2.jpg, an angle that is closed throughout, is off by 5.2 %.
 */
const TABLES: readonly (readonly [Task, string, number])[] = [
  ['fovea', 'truth.csv', 0.015],
  ['scleral-spur', 'asoct-truth.csv', 0.06],
];

describe.each(TABLES)('the bundled model for the %s', (task, table, largest) => {
  let opened: OpenedEngine;
  let path: string;
  beforeAll(async () => {
    path = await bundledModel(task);
    opened = await openEngine({
      model: path,
      adapter: process.env.ZIAN_TEST_ADAPTER || 'software',
      dtype: 'f32',
      note: () => undefined,
      onProgress: () => undefined,
    });
  });
  afterAll(() => opened.close());

  it('is small, and says that it is for demonstration', () => {
    expect(statSync(path).size).toBeLessThan(4 * MEGABYTES);
    expect(opened.engine.metadata.notice).toMatch(/demonstration.*synthetic/i);
  });

  it.each(
    parseTruth(readFileSync(join(EXAMPLES, table), 'utf8'), table).map(
      (example) => [example.file, example] as const,
    ),
  )('finds the landmarks of %s', async (file, { landmarks }) => {
    const decoded = await decode(join(EXAMPLES, file));
    const { found } = await localizeOne(task, decoded, opened, { flipTest: false }, false);
    const width = decoded.image.width / landmarks.length;
    expect(found).toHaveLength(landmarks.length);
    for (const [i, truth] of landmarks.entries()) {
      const { x = Number.NaN, y = Number.NaN } = found[i]?.landmark ?? {};
      expect(Math.hypot(x - truth.x, y - truth.y) / width).toBeLessThan(largest);
    }
  });
});
