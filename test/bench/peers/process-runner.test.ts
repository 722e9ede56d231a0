import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProcessRunner } from '../../../bench/peers/process/process-runner.js';
import { answerOf, MARK } from '../../../bench/peers/process/protocol.js';

const folder = mkdtempSync(join(tmpdir(), 'zian-runner-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An engine whose process does this for every line that it is told; `say` answers. */
function engine(code: string, timeout = 20_000): ProcessRunner {
  const program = `
    const say = (answer) => console.log(${JSON.stringify(MARK)} + JSON.stringify(answer));
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { ${code} });`;
  return new ProcessRunner({ command: process.execPath, args: ['-e', program], env: process.env, timeout });
}

describe('ProcessRunner', () => {
  it('reads the first result from its files, then times of runs, past whatever else is printed', async () => {
    const path = join(folder, 'y.f32');
    writeFileSync(path, new Uint8Array(Float32Array.of(1, -2.5).buffer));
    const runner = engine(`
      console.log('a library says hello');
      if (line === 'start') say({ type: 'first', milliseconds: 5, about: '1.2', outputs: { y: ${JSON.stringify(path)} } });
      else say({ type: 'run', milliseconds: 7 });`);
    const first = await runner.start();
    expect(first).toMatchObject({ milliseconds: 5, about: '1.2' });
    expect(first.outputs.get('y')).toEqual(Float32Array.of(1, -2.5));
    expect([await runner.run(), await runner.run()]).toEqual([7, 7]);
    await runner.stop();
    await runner.stop();
  });

  it('hands on what the engine says is wrong, and goes on', async () => {
    const runner = engine(
      `say(line === 'start' ? { type: 'error', message: 'no such operator' } : { type: 'run', milliseconds: 1 });`,
    );
    await expect(runner.start()).rejects.toThrow('no such operator');
    expect(await runner.run()).toBe(1);
    await runner.stop();
  });

  it('tells of a crash, with the last line that the process printed, now and later', async () => {
    const runner = engine(
      `console.error('first'); console.error('out of luck'); process.exitCode = 9; process.stdin.destroy();`,
    );
    await expect(runner.start()).rejects.toThrow('its process ended with exit code 9: out of luck');
    await expect(runner.run()).rejects.toThrow('exit code 9');
    await runner.stop();
  });

  it('ends a process that takes too long', async () => {
    const runner = engine('', 300);
    await expect(runner.start()).rejects.toThrow('it did not answer within 0.3 s');
    await runner.stop();
  });

  it('tells of a program that is not there', async () => {
    const runner = new ProcessRunner({ command: 'no-such-program', args: [], env: {}, timeout: 1000 });
    await expect(runner.start()).rejects.toThrow(/it cannot be started: .*ENOENT/);
    await runner.stop();
  });
});

describe('answerOf', () => {
  it('takes marked lines only', () => {
    expect(answerOf('{"type":"run"}')).toBeUndefined();
    expect(answerOf(`${MARK}{"type":"run","milliseconds":2}`)).toEqual({ type: 'run', milliseconds: 2 });
  });
});
