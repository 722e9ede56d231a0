import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, Worker } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { encodePng, readImageFile } from '../../src/node/index.js';
import { type HeapUse, heapUse, kilobytes, type SendCommand } from '../support/heap.js';
import { choose, done, idle, ROOT, site, visitReady } from './support.js';

declare global {
  /** In the page's worker: what was made on its device and not destroyed, since the test began to count. */
  var resourcesLeft: number;
}

const opened = site();
const folder = mkdtempSync(join(tmpdir(), 'zian-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The page keeps heat maps of 16 pictures: more than that are needed until it lets go of any. */
const WARM_UP = 20;
const SERIES = 20;
/**
 * Of each picture stays what was found (2 kB) and a row of the table, which is 50 kB of elements and their layout to the browser.
 * Heat maps, of 85 kB together, and pixels do not.
 */
const MOST_PER_PICTURE: HeapUse = { script: 4 * 1024, browser: 80 * 1024 };
const NOISE_BYTES = 128 * 1024;

/** A folder of different pictures: an example with a dark spot that wanders. */
async function pictures(name: string, first: number, count: number): Promise<string> {
  const path = join(folder, name);
  mkdirSync(path);
  const { width, height, data } = await readImageFile(join(ROOT, 'examples/fundus-2.jpg'));
  for (let i = first; i < first + count; i++) {
    const changed = Uint8Array.from(data);
    for (let y = 0; y < 20; y++)
      changed.fill(0, 4 * ((y + 4 * i) * width), 4 * ((y + 4 * i) * width + 5 * i + 20));
    writeFileSync(join(path, `${i}.png`), encodePng({ width, height, data: changed }));
  }
  return path;
}

/** Commands for the page's worker, which the page's session is connected with. */
async function workerSession(page: Page): Promise<SendCommand> {
  const session = await page.context().newCDPSession(page);
  const attached = new Promise<string>((resolve) => {
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') resolve(sessionId);
    });
  });
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const sessionId = await attached;
  const answers = new Map<number, (result: object) => void>();
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result }: { id?: number; result?: object } = JSON.parse(message);
    if (id !== undefined) answers.get(id)?.(result ?? {});
  });
  let last = 0;
  return async (method) => {
    last += 1;
    const id = last;
    const answer = new Promise<object>((resolve) => answers.set(id, resolve));
    await session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) });
    return await answer;
  };
}

/** Counts buffers and textures of any device in the worker from now on. */
const countResources = (worker: Worker): Promise<void> =>
  worker.evaluate(() => {
    globalThis.resourcesLeft = 0;
    const made = new WeakSet<object>();
    const device = GPUDevice.prototype;
    const { createBuffer, createTexture } = device;
    device.createBuffer = function (descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      made.add(buffer);
      globalThis.resourcesLeft += 1;
      return buffer;
    };
    device.createTexture = function (descriptor) {
      const texture = createTexture.call(this, descriptor);
      made.add(texture);
      globalThis.resourcesLeft += 1;
      return texture;
    };
    for (const kind of [GPUBuffer.prototype, GPUTexture.prototype]) {
      const { destroy } = kind;
      kind.destroy = function () {
        if (made.delete(this)) globalThis.resourcesLeft -= 1;
        return destroy.call(this);
      };
    }
  });

it('a folder of pictures leaves no more on the GPU and in the worker than one before did', async () => {
  const page = await visitReady(opened());
  const [worker] = page.workers();
  if (!worker) throw new Error('the page has no worker');
  await countResources(worker);
  const ofWorker = await workerSession(page);
  const session = await page.context().newCDPSession(page);
  const ofPage: SendCommand = (method) => session.send(method);
  const figures: { page: HeapUse; worker: HeapUse; gpu: number }[] = [];
  for (const [name, first, count] of [
    ['first', 0, WARM_UP],
    ['second', WARM_UP, SERIES],
  ] as const) {
    await choose(page, '#open-folder', await pictures(name, first, count));
    await done(page, `${name}/${first + count - 1}.png`);
    await idle(page);
    figures.push({
      page: await heapUse(ofPage),
      worker: await heapUse(ofWorker),
      gpu: await worker.evaluate(() => globalThis.resourcesLeft),
    });
  }
  console.info(
    figures
      .map(
        ({ page: ofIt, worker: behind, gpu }) =>
          `page ${kilobytes(ofIt)}, worker ${kilobytes(behind)}, ${gpu} GPU resources`,
      )
      .join('; '),
  );
  const [before, after] = figures;
  if (!before || !after) throw new Error('nothing was measured');
  expect(after.gpu).toBe(before.gpu);
  for (const part of ['script', 'browser'] as const) {
    expect(after.worker[part] - before.worker[part]).toBeLessThan(NOISE_BYTES);
    expect(after.page[part] - before.page[part]).toBeLessThan(NOISE_BYTES + SERIES * MOST_PER_PICTURE[part]);
  }
  expect(opened().failures).toEqual([]);
});
