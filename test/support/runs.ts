import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Run } from './run.js';

export * from './run.js';

/** Where test/reference/make_fixtures.py writes; a folder of the authors' runs has the same layout. */
export const RUNS_FOLDER = fileURLToPath(new URL('../fixtures/runs/', import.meta.url));

/** Names of the runs in a folder; each has a NAME.json and a NAME.safetensors. */
export const listRuns = (folder = RUNS_FOLDER): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();

export const readRun = (name: string, folder = RUNS_FOLDER): Run =>
  JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'));

export const runTensorsPath = (name: string, folder = RUNS_FOLDER): string => `${folder}/${name}.safetensors`;
