import { expect, it } from 'vitest';
import { downloaded, site, text } from './support.js';

const opened = site();

it('the bench page measures kernels and a network here, checked first, and exports the figures', async () => {
  const page = await opened().visit('bench.html');
  await page.fill('#bench-filter', 'argmax');
  await page.click('#bench-start');
  await page.locator('#bench-start:enabled').waitFor();
  expect(await page.isVisible('#bench-error')).toBe(false);
  const shown = await text(page, '#bench-results');
  expect(shown).toMatch(/swiftshader/i);
  expect(shown).toMatch(/Model narrow, 272×272 to 128×128/);
  expect(shown).toMatch(/against PyTorch: heatmap_ds within .*, the same landmark/);
  expect(shown).toContain('hrnet_roi*');
  expect(shown).not.toContain('Wrong results');
  expect(shown).toMatch(/Roofline\s+[\d.]+ GFLOP\/s of multiply-adds in registers, [\d.]+ GB\/s copied/);
  expect(shown).toMatch(/argmax\s.*\splain\s.*\d %/);
  const { name, bytes } = await downloaded(page, '#bench-save');
  expect(name).toBe('zian-bench.json');
  const report = JSON.parse(bytes.toString());
  expect(report.environment.browser).toContain('Chrome');
  expect(report.roofline.gflops).toBeGreaterThan(0);
  expect(report.roofline.gbytes).toBeGreaterThan(0);
  expect(report.kernels[0]).toMatchObject({ kernel: 'argmax', variants: [{ variant: 'plain' }] });
  expect(report.kernels[0].variants[0].wall.median).toBeGreaterThan(0);
  expect(report.model.check.wrong).toEqual([]);

  await page.fill('#bench-filter', 'no such kernel');
  await page.click('#bench-start');
  await page.locator('#bench-error').waitFor();
  expect(await text(page, '#bench-error')).toContain("contains 'no such kernel'");

  await page.fill('#bench-filter', '');
  await page.click('#bench-start');
  await page.locator('#bench-results h2', { hasText: /Kernels/ }).waitFor();
  await page.click('#bench-cancel');
  expect(await page.isEnabled('#bench-start')).toBe(true);
  expect(opened().failures).toEqual([]);
});
