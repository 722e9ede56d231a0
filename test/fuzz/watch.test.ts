import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Watch } from './watch.js';

/** Asks for a while whether a program that never says more than its first run hangs. */
async function watched(program: string, hang: number, milliseconds: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'zian-watch-'));
  const progress = join(folder, 'run');
  writeFileSync(progress, '1');
  const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
  try {
    if (child.pid === undefined) throw new Error('no process');
    const watch = new Watch(progress, hang);
    for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(20))
      if (watch.hangs(child.pid)) return true;
    return false;
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

it('a process that computes without an answer hangs', async () => {
  expect(await watched('for (;;);', 400, 60_000)).toBe(true);
});

it('one that the machine gave no time does not', async () => {
  expect(await watched('setTimeout(() => {}, 60_000)', 1_000, 2_000)).toBe(false);
});
