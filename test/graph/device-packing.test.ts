import { describe, expect, it } from 'vitest';
import { DevicePacking, rowRuns } from '../../src/graph/device-packing.js';
import { BufferUsage, MapMode } from '../../src/graph/flags.js';
import { PipelineCache } from '../../src/graph/index.js';
import { OwnedBuffers } from '../../src/graph/owned-buffers.js';
import type { Call, ConstantRows, Dispatch, Packing, Variant } from '../../src/kernels/contract.js';
import { conv2d } from '../../src/kernels/conv2d/conv2d.js';
import { conv2dSuite } from '../../src/kernels/conv2d/index.js';
import { testDevice } from '../support/device.js';
import { caseTensors } from '../support/kernel-runner.js';
import { placeCall, variantsFor } from '../support/placement.js';
import { random } from '../support/random.js';

const device = await testDevice();
const pipelines = new PipelineCache(device.gpu);

async function packOnDevice(rows: ConstantRows, floats: number, dispatch: Dispatch): Promise<Float32Array> {
  const owned = new OwnedBuffers(device);
  const packing = new DevicePacking(device, owned, pipelines);
  try {
    const packed = await packing.pack('weight', rows, 4 * floats, dispatch);
    const readback = owned.create('readback', 4 * floats, BufferUsage.MAP_READ | BufferUsage.COPY_DST);
    const encoder = device.gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(packed, 0, readback, 0, 4 * floats);
    device.gpu.queue.submit([encoder.finish()]);
    await device.wait(readback.mapAsync(MapMode.READ));
    return new Float32Array(readback.getMappedRange().slice(0));
  } finally {
    packing.destroy();
    owned.destroy();
  }
}

/** Weights as they may have been read: some rows together, each with a factor of its own. */
function scatteredRows(count: number, rowLength: number, next: () => number): ConstantRows {
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * next() - 1);
  const [first, second] = [values(count * rowLength + 5), values(count * rowLength)];
  const of = Array.from({ length: count }, (_, row) => ({
    source: row % 5 < 3 ? first : second,
    start: row % 5 < 3 ? 5 + row * rowLength : (count - 1 - row) * rowLength,
    factor: row % 4 === 3 ? 0 : 2 * next() - 1,
  }));
  return {
    rowLength,
    sources: of.map(({ source }) => source),
    starts: of.map(({ start }) => start),
    factors: of.map(({ factor }) => factor),
  };
}

/** Factors, below 1 here, are rounded to float32 before the product is: half a unit in the last place each. */
const PRODUCT_ERROR = 2 ** -23;
/** In float32 filters are rounded after each of Winograd's two transforms, and each of a handful of operations. */
const WINOGRAD_ERROR = 6e-7;

async function check({ name }: Variant, packing: Packing, call: Call, next: () => number): Promise<void> {
  const dispatch = packing.dispatch?.('weight', call);
  const shape = call.inputs.weight?.shape;
  if (!dispatch || !shape) throw new Error(`${name} does not pack weights on the device`);
  const [count = 0, ...rest] = shape;
  const rows = scatteredRows(
    count,
    rest.reduce((product, size) => product * size, 1),
    next,
  );
  const want = new Float32Array(packing.length('weight', call));
  packing.write('weight', rows, call, want);
  const got = await packOnDevice(rows, want.length, dispatch);
  let worst = 0;
  want.forEach((value, i) => {
    worst = Math.max(worst, Math.abs((got[i] ?? Number.NaN) - value));
  });
  expect(worst, name).toBeLessThanOrEqual(name.startsWith('winograd') ? WINOGRAD_ERROR : PRODUCT_ERROR);
  expect(worst).not.toBeNaN();
}

describe('packing on the device', () => {
  const { cases, fuzz } = conv2dSuite;
  const drawn = Array.from({ length: 60 }, (_, seed) => ({
    name: `drawn ${seed}`,
    large: false,
    ...fuzz?.(random(seed)),
  }));
  for (const { name, inputs, attributes = {}, large } of [...cases, ...drawn]) {
    if (large || !inputs) continue;
    it(`puts weights where the host would: ${name}`, async () => {
      const { call } = placeCall(conv2d, caseTensors(inputs, false), attributes, 0);
      const able = variantsFor(device.gpu, conv2d, call).filter(({ packing }) => packing?.dispatch);
      const next = random(7);
      for (const variant of able) if (variant.packing) await check(variant, variant.packing, call, next);
      expect(able.length).toBeGreaterThan(0);
    });
  }
});

describe('rowRuns', () => {
  it('joins rows that lie one after the other in one source', () => {
    const source = Float32Array.of(1, 2, 3, 4, 5, 6);
    const rows = (sources: Float32Array[], starts: number[]): number[][] =>
      [...rowRuns({ rowLength: 2, sources, starts, factors: starts.map(() => 1) })].map((run) => [...run]);
    expect(rows([source, source, source], [0, 2, 4])).toEqual([[1, 2, 3, 4, 5, 6]]);
    expect(rows([source, source, source], [4, 0, 2])).toEqual([
      [5, 6],
      [1, 2, 3, 4],
    ]);
    expect(rows([source, source.slice()], [0, 2])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});
