import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cliReference } from '../../src/cli/reference.js';
import { testFolder, zian } from './support.js';

const folder = testFolder();
const COMMANDS = [
  ...['localize', 'merge', 'evaluate', 'ensemble', 'calibrate', 'convert', 'inspect', 'verify', 'tune'],
  ...['bench', 'export-onnx', 'doctor', 'completion'],
];

describe('completion for bash', () => {
  const script = join(folder, 'zian.bash');
  beforeAll(async () => {
    const { code, out } = await zian(['completion', 'bash']);
    expect(code).toBe(0);
    writeFileSync(script, out);
  });

  /** What bash offers for the last of the words, after it has read the script. */
  const offered = (...words: string[]): string[] => {
    const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _zian; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync('bash', ['--norc', '-euc', program, 'bash', script, ...words], {
      encoding: 'utf8',
    });
    return out.split('\n').filter((line) => line !== '');
  };

  it('can be read by bash, and is registered for zian', () => {
    const run = spawnSync('bash', ['--norc', '-euc', 'source "$1"; complete -p zian', 'bash', script], {
      encoding: 'utf8',
    });
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toBe('complete -o default -F _zian zian\n');
  });

  it('offers commands', () => {
    expect(offered('zian', '')).toEqual(COMMANDS);
    expect(offered('zian', 'e')).toEqual(['evaluate', 'ensemble', 'export-onnx']);
    expect(offered('zian', '--quiet', 'loc')).toEqual(['localize']);
  });

  it('offers options of the command, and those of every command', () => {
    expect(offered('zian', 'localize', 'a.png', '--fl')).toEqual(['--flip-test']);
    expect(offered('zian', 'localize', '--adap')).toEqual(['--adapter']);
    expect(offered('zian', 'merge', '--')).not.toContain('--flip-test');
    expect(offered('zian', '--')).toEqual(['--version', '--adapter', '--tuning', '--quiet', '--help']);
  });

  it('offers values where they are known, and files (nothing of its own) where not', () => {
    expect(offered('zian', 'localize', '--format', '')).toEqual([
      'refuge',
      'age',
      'gamma',
      'palm',
      'json',
      'jsonl',
    ]);
    expect(offered('zian', 'localize', '--refine', 'g')).toEqual(['gaussian']);
    expect(offered('zian', '--tuning', '')).toEqual(['off', 'use', 'measure']);
    expect(offered('zian', 'localize', '-m', '')).toEqual([]);
    expect(offered('zian', 'localize', '')).toEqual([]);
    expect(offered('zian', 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });
});

describe('completion for other shells', () => {
  it.each(['zsh', 'fish'])('%s: names every command and its options', async (shell) => {
    const { code, out } = await zian(['completion', shell]);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toContain(command);
    expect(out).toContain('flip-test');
    expect(out).toContain('refuge age gamma palm json jsonl');
  });

  it('is refused for shells that are not known', async () => {
    expect(await zian(['completion', 'csh'])).toMatchObject({ code: 2 });
  });
});

describe('what is said of the commands', () => {
  it('docs/cli.md is what the definitions make it; else run npm run docs:cli', () => {
    expect(readFileSync('docs/cli.md', 'utf8')).toBe(cliReference());
  });

  it.each(COMMANDS)('zian %s --help has examples', async (command) => {
    if (command === 'bench') {
      // A program of its own, with help of its own.
      expect(cliReference()).toMatch(/## zian bench[^#]*Examples:\n {2}\$ zian bench/);
      return;
    }
    const { code, out } = await zian([command, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Examples:\\n( {2}\\$ .*\\n)*? {2}\\$ .*zian ${command}`));
  });
});
