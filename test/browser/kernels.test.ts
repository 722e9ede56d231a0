import { describe, expect, it } from 'vitest';
import { suites } from '../../src/kernels/suites.js';
import { testPage } from './support.js';

const page = testPage();

describe('kernels in Chromium', () => {
  it('are those of the suites', async () => {
    expect(await page().call('kernelNames')).toEqual(suites.map(({ kernel }) => kernel.name));
  });

  it.each(suites.map(({ kernel, cases }) => [kernel.name, cases.filter(({ large }) => !large).length]))(
    '%s: %i cases in every legal variant',
    async (name, cases) => {
      const { compared, failures } = await page().call('checkKernel', String(name));
      expect(failures).toEqual([]);
      expect(compared).toBeGreaterThanOrEqual(Number(cases));
    },
  );
});
