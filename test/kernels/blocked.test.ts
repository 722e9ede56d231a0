import { describe, expect, it } from 'vitest';
import { encodeDispatch, kernelLimits, prepareCall } from '../../src/graph/dispatch.js';
import { BufferUsage, MapMode } from '../../src/graph/flags.js';
import { PipelineCache } from '../../src/graph/pipelines.js';
import type { Call, Kernel, Operand, RefTensor } from '../../src/kernels/contract.js';
import { copySuite } from '../../src/kernels/copy/index.js';
import { cropAndResizeSuite, cropPositions } from '../../src/kernels/crop_and_resize/index.js';
import {
  denseLayout,
  denseOperand,
  elementCount,
  fromStorage,
  storageBytes,
  toStorage,
} from '../../src/kernels/layout.js';
import { pixelShuffleReference } from '../../src/kernels/pixel_shuffle/pixel_shuffle.ref.js';
import { testDevice } from '../support/device.js';
import { compare } from '../support/kernel-runner.js';
import { random } from '../support/random.js';

const { gpu } = await testDevice();
const cache = new PipelineCache(gpu);

const filled = (shape: readonly number[], seed: number): RefTensor => {
  const next = random(seed);
  return {
    shape,
    data: Float64Array.from({ length: elementCount(shape) }, () => Math.fround(2 * next() - 1)),
  };
};

/**
 * The result of a pixel shuffle as its producer leaves it: the low-resolution tensor [N, C·r², h, w] with its channels
 * in the order (a, b, c), so that each low-resolution pixel's row holds r × r rows of C channels.
 */
function blockedStorage({ shape, data }: RefTensor, r: number): Float32Array {
  const [n = 0, channels = 0, h = 0, w = 0] = shape;
  const c = channels / r ** 2;
  const reordered = Float64Array.from(data, (_, i) => {
    const [image, channel] = [Math.floor(i / (channels * h * w)), Math.floor(i / (h * w)) % channels];
    const source = (channel % c) * r ** 2 + Math.floor(channel / c);
    return data[(image * channels + source) * h * w + (i % (h * w))] ?? Number.NaN;
  });
  return toStorage(reordered, [n, channels, h, w], new Float32Array(elementCount(shape)));
}

/** Runs a kernel whose input `name` lies in blocks; every other input is dense f32. */
async function runBlocked(
  kernel: Kernel,
  name: string,
  low: RefTensor,
  high: RefTensor,
  r: number,
  others: Readonly<Record<string, RefTensor>>,
): Promise<RefTensor> {
  const operands = (tensors: Readonly<Record<string, RefTensor>>): Record<string, Operand> =>
    Object.fromEntries(
      Object.entries(tensors).map(([key, { shape }]) => [key, denseOperand({ shape, dtype: 'f32' })]),
    );
  const inputs = operands(others);
  inputs[name] = { shape: high.shape, dtype: 'f32', layout: { ...denseLayout(high.shape), block: r } };
  const { y } = kernel.infer(inputs, {});
  const [variant] = kernel.variants;
  if (!y || !variant) throw new Error(`${kernel.name}: no output or no variant`);
  const call: Call = { inputs, outputs: { y: denseOperand(y) }, attributes: {} };

  const usage = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;
  const upload = (values: Float32Array<ArrayBuffer>): GPUBuffer => {
    const buffer = gpu.createBuffer({ size: Math.max(16, values.byteLength), usage });
    gpu.queue.writeBuffer(buffer, 0, values);
    return buffer;
  };
  const buffers: Record<string, GPUBuffer> = {
    [name]: upload(Float32Array.from(blockedStorage(low, r))),
    y: gpu.createBuffer({ size: storageBytes(y), usage }),
  };
  for (const [key, { shape, data }] of Object.entries(others))
    buffers[key] = upload(
      toStorage(data, shape, new Float32Array(storageBytes({ shape, dtype: 'f32' }) / 4)),
    );
  const absent = gpu.createBuffer({ size: 256, usage });
  const plan = variant.plan(call, kernelLimits(gpu));
  const noParameters = (): GPUBuffer => {
    throw new Error(`${kernel.name} has parameters, for which this test makes no buffer`);
  };
  const prepared = await prepareCall(
    gpu,
    cache,
    kernel,
    call,
    plan,
    buffers,
    noParameters,
    absent,
    kernel.name,
  );

  const readback = gpu.createBuffer({
    size: storageBytes(y),
    usage: BufferUsage.COPY_DST | BufferUsage.MAP_READ,
  });
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const dispatch of prepared) encodeDispatch(pass, dispatch);
  pass.end();
  if (buffers.y) encoder.copyBufferToBuffer(buffers.y, 0, readback, 0, readback.size);
  gpu.queue.submit([encoder.finish()]);
  await readback.mapAsync(MapMode.READ);
  const stored = new Float32Array(readback.getMappedRange().slice(0));
  for (const buffer of [...Object.values(buffers), absent, readback]) buffer.destroy();
  return { shape: y.shape, data: fromStorage(stored, y.shape, new Float64Array(elementCount(y.shape))) };
}

const cases = [
  { r: 4, c: 4, n: 1, h: 3, w: 5 },
  { r: 4, c: 16, n: 2, h: 4, w: 2 },
  { r: 2, c: 8, n: 2, h: 3, w: 1 },
  { r: 3, c: 4, n: 1, h: 2, w: 3 },
] as const;

describe('a pixel shuffle that was not carried out', () => {
  for (const { r, c, n, h, w } of cases) {
    const low = filled([n, c * r ** 2, h, w], 7);
    const { y: high } = pixelShuffleReference({ x: low }, { factor: r });
    if (!high) throw new Error('no output y');
    const what = `${c} channels of ${h * r}×${w * r} in blocks of ${r}×${r}, batch ${n}`;

    it(`copy: ${what}`, async () => {
      const got = await runBlocked(copySuite.kernel, 'x', low, high, r, {});
      expect(compare(got, high, { absolute: 0, relative: 0 })).toBeUndefined();
    });

    it(`crop_and_resize: ${what}`, async () => {
      const positions = (center: number, extent: number): RefTensor => ({
        shape: [1, 9],
        data: Float64Array.from(cropPositions({ centers: [center], size: 9, scale: 1 / 1.5, extent })),
      });
      const tables = { columns: positions(1, w * r), rows: positions(h * r - 2, h * r) };
      const { y: want } = cropAndResizeSuite.reference({ image: high, ...tables }, {});
      if (!want) throw new Error('no output y');
      const got = await runBlocked(cropAndResizeSuite.kernel, 'image', low, high, r, tables);
      expect(compare(got, want, { absolute: 4e-7, relative: 0 })).toBeUndefined();
    });
  }
});
