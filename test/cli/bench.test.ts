import { describe, expect, it } from 'vitest';
import { zian } from './support.js';

const ADAPTER = process.env.ZIAN_TEST_ADAPTER || 'software';

describe('zian bench', () => {
  it('is the bench: its options, its help and its exit codes', async () => {
    const help = await zian(['bench', '--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('--svg <file>');
    expect(await zian(['bench', '--kernels', 'conv9'])).toMatchObject({ code: 2, out: '' });
    expect(await zian(['bench', '--unheard-of'])).toMatchObject({ code: 2, out: '' });
  });

  it('takes the adapter before and after its name', async () => {
    const args = ['--kernels', 'argmax', '--quick', '--runs', '1', '--no-roofline'];
    for (const line of [
      ['--adapter', ADAPTER, 'bench', ...args],
      ['bench', '--adapter', ADAPTER, ...args],
    ]) {
      const { code, out } = await zian(line);
      expect(code).toBe(0);
      expect(out).toMatch(/argmax +a heat map/);
    }
    expect(await zian(['bench', '--adapter', 'no such thing', ...args])).toMatchObject({ code: 2, out: '' });
  });
});
