import { describe, expect, it } from 'vitest';
import { reportError } from '../../src/cli/report-error.js';
import { deviceError, inputError, usageError } from '../../src/errors.js';
import { fixturePath } from '../convert/fixtures.js';
import { zian } from './support.js';

function report(error: unknown, debug = false): { code: number; err: string } {
  let err = '';
  const streams = {
    out: () => undefined,
    err: (text: string) => {
      err += text;
    },
    terminal: undefined,
    outClosed: () => false,
  };
  return { code: reportError(error, { streams, debug }), err };
}

describe('errors', () => {
  it('end with one line and the exit code of their kind', () => {
    expect(report(usageError('So not.'))).toEqual({ code: 2, err: 'error: So not.\n' });
    expect(report(inputError('Bad file.'))).toEqual({ code: 3, err: 'error: Bad file.\n' });
    expect(report(deviceError('No GPU.'))).toEqual({ code: 4, err: 'error: No GPU.\n' });
  });

  it('that nobody expected end with 70 and a hint, and show their stack only when asked', () => {
    const error = new TypeError('x is undefined\n  of y');
    const { code, err } = report(error);
    expect(code).toBe(70);
    expect(err).toMatch(/^error: unexpected TypeError: x is undefined of y \([^\n]*ZIAN_DEBUG=1[^\n]*\)\n$/);
    expect(report(error, true).err).toMatch(/\n\s+at /);
    expect(report('text', true)).toMatchObject({ code: 70, err: expect.stringContaining('unexpected text') });
  });

  it('show what caused them when asked', () => {
    const error = inputError('Bad file.', { cause: new Error('deep down') });
    expect(report(error).err).not.toContain('deep down');
    expect(report(error, true).err).toMatch(/caused by Error: deep down\n\s+at /);
  });

  it('cannot move the cursor, but may have several lines', () => {
    expect(report(inputError('a\u001b[2Jb\r\nc')).err).toBe('error: a\\u{1b}[2Jb\\u{d}\nc\n');
  });
});

describe('the command line', () => {
  it('explains itself', async () => {
    const help = await zian(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const command of ['localize', 'convert', 'inspect', 'verify', 'export-onnx', 'doctor']) {
      expect(help.out).toMatch(new RegExp(`^  ${command} `, 'm'));
      const own = await zian([command, '--help']);
      expect(own).toMatchObject({ code: 0, err: '' });
      expect(own.out).toContain(`$ zian ${command}`);
      expect(own.out).toContain('--adapter <which>');
    }
    expect(await zian(['--version'])).toEqual({ code: 0, out: '1.2.3-test\n', err: '' });
  });

  it.each([
    [['frobnicate'], /unknown command/],
    [['inspect'], /missing required argument 'file'/],
    [['inspect', 'a', 'b'], /too many arguments/],
    [['inspect', 'a', '--frob'], /unknown option '--frob'/],
    [['localize'], /missing required argument 'images'/],
    [['localize', 'a', '-m'], /argument missing/],
    [['--adapter'], /argument missing/],
  ])('refuses %j', async (args, message) => {
    const run = await zian(args);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toMatch(message);
    expect(run.err).toMatch(/^error: [^\n]+\n(\(Did you mean [^\n]+\)\n)?$/);
  });

  it('shows its help where nothing is asked for', async () => {
    const run = await zian([]);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain('Usage: zian');
  });

  it.each([
    [['--quiet', '--adapter', 'software', 'inspect', 'none']],
    [['inspect', 'none', '--quiet', '--adapter', 'software']],
  ])('takes the common options before and after the command: %j', async (args) => {
    expect(await zian(args)).toEqual({ code: 3, out: '', err: 'error: none does not exist.\n' });
  });
});

describe('zian inspect', () => {
  it('lists a checkpoint for people and for programs', async () => {
    const path = fixturePath('training-zip.pth');
    const text = await zian(['inspect', path]);
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out).toContain('format: pytorch-zip');
    const json = await zian(['inspect', path, '--json']);
    expect(json).toMatchObject({ code: 0, err: '' });
    expect(Object.keys(JSON.parse(json.out))).toEqual(['format', 'tensors', 'metadata', 'opaque']);
    expect(json.out.endsWith('}\n')).toBe(true);
  });

  it('refuses in one sentence', async () => {
    const run = await zian(['inspect', fixturePath('refused/system-zip.pth')]);
    expect(run).toMatchObject({ code: 3, out: '' });
    expect(run.err).toMatch(/^error: [^\n]*system[^\n]*\n$/);
  });
});
