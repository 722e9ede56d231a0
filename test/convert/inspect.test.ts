import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatInspect, inspectFile } from '../../src/cli/inspect.js';
import { memorySink, writeSafetensors } from '../../src/weights/index.js';
import { EXPECTED, fixtureBytes, fixturePath } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'zian-inspect-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('inspectFile', () => {
  it.each(Object.entries(EXPECTED))('reports %s as torch sees it', async (file, expected) => {
    const report = JSON.parse(JSON.stringify(await inspectFile(fixturePath(file))));
    expect(Object.keys(report)).toEqual(['format', 'tensors', 'metadata', 'opaque']);
    expect(report).toMatchObject({
      format: expected.format,
      tensors: expected.tensors,
      metadata: expected.metadata,
    });
    expect(report.opaque.map((entry: string) => entry.replace(/ \([^()]*\)$/, ''))).toEqual(expected.opaque);
  });

  it('reports a safetensors file, whatever its name', async () => {
    const sink = memorySink();
    const bytes = Uint8Array.of(0, 60, 0, 188);
    const entries = [
      { name: 'h', dtype: 'F16' as const, shape: [2], bytes: () => bytes },
      { name: 'e', dtype: 'F8_E4M3' as const, shape: [0, 4], bytes: () => new Uint8Array(0) },
    ];
    await writeSafetensors(sink, entries, { made: 'here' });
    const path = join(folder, 'looks-like.pth');
    writeFileSync(path, sink.bytes());
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const report = await inspectFile(path);
    expect(report).toMatchObject({ format: 'safetensors', metadata: { made: 'here' }, opaque: [] });
    expect(report.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual([
      { name: 'h', dtype: 'float16', shape: [2] },
      { name: 'e', dtype: 'float8_e4m3fn', shape: [0, 4] },
    ]);
    expect(report.tensors[1]?.sha256).toBe(empty);
    expect(report.tensors[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('tells a checkpoint by its content', async () => {
    const path = join(folder, 'looks-like.safetensors');
    writeFileSync(path, fixtureBytes('bare.pth'));
    expect((await inspectFile(path)).format).toBe('pytorch-zip');
  });

  it('names what is wrong', async () => {
    const path = join(folder, 'page.pth');
    writeFileSync(path, '<!doctype html>');
    await expect(inspectFile(path)).rejects.toThrow(
      /neither a safetensors file nor a PyTorch checkpoint: .*HTML/,
    );
    await expect(inspectFile(join(folder, 'none'))).rejects.toThrow('does not exist');
    await expect(inspectFile(folder)).rejects.toThrow('is a folder');
    await expect(inspectFile(fixturePath('refused/eval-p4.pth'))).rejects.toThrow('builtins.eval');
  });
});

describe('formatInspect', () => {
  it('aligns a table and gives totals, metadata and what was left out', async () => {
    const text = formatInspect(await inspectFile(fixturePath('training-zip.pth')));
    const lines = text.split('\n');
    const column = lines[0]?.indexOf('dtype') ?? -1;
    expect(column).toBeGreaterThan(4);
    expect(lines.slice(1, 5).every((line) => /^(float32|int64)/.test(line.slice(column)))).toBe(true);
    expect(text).toContain('format: pytorch-zip');
    expect(text).toMatch(/\d+ tensors, [\d,]+ floating-point values, [\d.]+ k?B/);
    expect(text).toContain('  epoch: 3');
    expect(text).toContain('  perf (numpy scalar float64)');
  });

  it('counts bytes by dtype, and makes names safe to print', () => {
    const sha256 = '0'.repeat(64);
    const tensor = (name: string, dtype: string) => ({ name, dtype, shape: [1000], sha256 });
    const dtypes = ['float64', 'bfloat16', 'bool', 'complex64', 'float8_e4m3fn', 'uint8'];
    const text = formatInspect({
      format: 'safetensors',
      tensors: dtypes.map((dtype, i) => tensor(`t${i}\u001b[31m`, dtype)),
      metadata: { 'k\n': 'v\r' },
      opaque: Array.from({ length: 50 }, (_, i) => `o${i} (bytes)`),
    });
    expect(text).toContain('6 tensors, 3,000 floating-point values, 21.0 kB');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('k\\u{a}: v\\u{d}');
    expect(text).toContain('… and 10 more');
  });
});
