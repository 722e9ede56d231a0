import { expect, it } from 'vitest';
import { heapBytes } from '../support/heap.js';
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
  const [heap, gpu]: [number[], { resources: number; bytes: number }[]] = [[], []];
  const started = performance.now();
  for (let block = 0; block < BLOCKS; block++) {
    const { places, ...left } = await page().call('localizeSeries', 'series', block * BLOCK, BLOCK);
    expect(places).toBeGreaterThan(1);
    gpu.push(left);
    heap.push(await heapBytes((method) => session.send(method)));
  }
  const seconds = (performance.now() - started) / 1000;
  console.info(
    `${BLOCK * BLOCKS} pictures in ${seconds.toFixed(1)} s; JavaScript, kB: ${heap.map((bytes) => Math.round(bytes / 1024)).join(', ')}; GPU resources: ${gpu.map(({ resources, bytes }) => `${resources} (${bytes} bytes)`).join(', ')}`,
  );
  const [warm = 0] = heap;
  for (const bytes of heap) expect(bytes - warm).toBeLessThan(NOISE_BYTES);
  expect(gpu).toEqual(Array(BLOCKS).fill(gpu[0]));
});
