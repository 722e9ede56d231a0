import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bytesSource } from '../../src/weights/index.js';

const FOLDER = fileURLToPath(new URL('../fixtures/convert/', import.meta.url));

export interface ExpectedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

/** What torch itself saw in a fixture (see make_fixtures.py). */
export interface Expected {
  readonly format: string;
  readonly tensors: readonly ExpectedTensor[];
  readonly metadata: Readonly<Record<string, string | number | boolean | null>>;
  readonly opaque: readonly string[];
}

export const fixturePath = (file: string): string => FOLDER + file;

export const fixtureBytes = (file: string): Uint8Array => new Uint8Array(readFileSync(FOLDER + file));

export const fixtureSource = (file: string) => bytesSource(file, fixtureBytes(file));

export const EXPECTED: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(`${FOLDER}expected.json`, 'utf8'),
);

export const REFUSED_FILES: readonly string[] = readdirSync(`${FOLDER}refused`).map(
  (name) => `refused/${name}`,
);
