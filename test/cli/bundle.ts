import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { moduleOptions } from '../../scripts/module-options.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface ProcessRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Bundles an entry as scripts/build.mjs does, to where its imports are found. */
async function bundle(entry: string, folder: string): Promise<string> {
  await build({
    ...moduleOptions,
    entryPoints: { main: entry, 'image-worker': 'src/node/image-worker.ts' },
    outdir: folder,
    absWorkingDir: root,
  });
  return join(folder, 'main.js');
}

/** The bundle of an entry (relative to the repository) for this test file; its path once tests run. */
export function bundled(entry: string): () => string {
  let path: string | undefined;
  const cache = join(root, 'node_modules/.cache');
  beforeAll(async () => {
    mkdirSync(cache, { recursive: true });
    const folder = mkdtempSync(join(cache, 'zian-test-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    path = await bundle(entry, folder);
  });
  return () => {
    if (path === undefined) throw new Error('used before it was built');
    return path;
  };
}

export const start = (
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess =>
  spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });

/** Runs a script in a process of its own, to its end. */
export async function runScript(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ProcessRun> {
  const child = start(script, args, environment);
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, out, err };
}
