import { expect, it } from 'vitest';
import { type HeapUse, heapUse, kilobytes } from '../support/heap.js';
import { runModel } from '../support/model.js';
import { readRun } from '../support/runs.js';
import { testPage } from './support.js';

const model = await runModel(readRun('narrow'));
const page = testPage({ '/narrow.safetensors': { bytes: await model.read(0, model.size) } });

const BLOCK = 40;
const BLOCKS = 5;
/** A heap that is measured after a collection differs by some kilobytes; one small picture that stays is 296 kB. */
const NOISE_BYTES = 128 * 1024;

it('200 pictures in a row leave no more memory taken than 40, on the GPU and in JavaScript', async () => {
  const { error } = await page().call('loadModel', 'series', { path: '/narrow.safetensors', device: 'own' });
  expect(error).toBeUndefined();
  const session = await page().page.context().newCDPSession(page().page);
  const [heap, gpu]: [HeapUse[], { resources: number; bytes: number }[]] = [[], []];
  const started = performance.now();
  for (let block = 0; block < BLOCKS; block++) {
    const { places, ...left } = await page().call('localizeSeries', 'series', block * BLOCK, BLOCK);
    expect(places).toBeGreaterThan(1);
    gpu.push(left);
    heap.push(await heapUse((method) => session.send(method)));
  }
  const seconds = (performance.now() - started) / 1000;
  console.info(
    `${BLOCK * BLOCKS} pictures in ${seconds.toFixed(1)} s; JavaScript, and the browser behind it: ${heap.map(kilobytes).join(', ')}; GPU resources: ${gpu.map(({ resources, bytes }) => `${resources} (${bytes} bytes)`).join(', ')}`,
  );
  const [warm, ...later] = heap;
  for (const { script, browser } of later) {
    expect(script - (warm?.script ?? 0)).toBeLessThan(NOISE_BYTES);
    expect(browser - (warm?.browser ?? 0)).toBeLessThan(NOISE_BYTES);
  }
  expect(gpu).toEqual(Array(BLOCKS).fill(gpu[0]));
});
