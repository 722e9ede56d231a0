import { afterEach, describe, expect, it, vi } from 'vitest';
import { create } from 'webgpu';
import { EngineDevice } from '../../src/graph/device.js';
import { selfTest } from '../../src/graph/self-test.js';
import { testDevice } from '../support/device.js';

/** Kept for the life of the process: Node crashes when an instance of Dawn is collected. */
const nullBackend = create(['backend=null']);

const device = await testDevice();
afterEach(() => vi.restoreAllMocks());

/** Has the device compile another text than the self-test's; returns how often it did. */
function mutateShaders(from: string, to: string): { count: number } {
  const done = { count: 0 };
  const original = device.gpu.createShaderModule.bind(device.gpu);
  vi.spyOn(device.gpu, 'createShaderModule').mockImplementation((descriptor) => {
    const code = descriptor.code.replace(from, to);
    if (code !== descriptor.code) done.count++;
    return original({ ...descriptor, code });
  });
  return done;
}

describe('selfTest', () => {
  it('passes on the test adapter, again and again', async () => {
    for (let i = 0; i < 3; i++) expect(await selfTest(device)).toEqual({ ok: true });
  });

  it("refuses Dawn's null backend", async () => {
    const adapter = await nullBackend.requestAdapter();
    if (!adapter) throw new Error('Dawn has no null backend');
    const nothing = await EngineDevice.request(adapter);
    const outcome = await selfTest(nothing);
    nothing.destroy();
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('is wrong') });
  });

  // Each is an adapter that gets one kind of operation wrong.
  it.each([
    ['integer arithmetic', '2246822519u', '2246822521u'],
    ['integer arithmetic', 'x >> 19u', 'x >> 18u'],
    ['integer arithmetic', 'words[global.x]', 'words[local]'],
    ['prefix sum', 'sums[local] += left', 'sums[local] |= left'],
    ['prefix sum', 'local >= step', 'local > step'],
    ['dot product', 'dots[local + half]', 'dots[local ^ 1u]'],
    ['dot product', 'dot(v, numbers[global.x ^ 1u])', 'dot(v, v)'],
    ['float arithmetic', '- v.z', '+ v.z'],
    ['float arithmetic', 'f32(i32(word) >> 24u)', 'f32(word >> 24u)'],
    ['division', 'v.x / (abs(v.y) + 1.0)', 'v.x * (abs(v.y) + 1.0)'],
    ['exp', 'exp(v.z', 'exp2(v.z'],
    ['inverseSqrt', 'inverseSqrt(', 'sqrt('],
    ['loop', 'while (n > 1u)', 'while (n > 1u && steps < 64u)'],
    ['NaN', '> 0x7f800000u', '>= 0x7f800000u'],
    ['NaN', 'is_nan(bitcast<f32>', 'is_nan(0.0 * bitcast<f32>'],
    ['second dispatch', 'let other = 2u * SIZE', 'let other = SIZE'],
    ['wrong', 'crossed[global.x] =', '_ ='],
  ])('notices wrong %s (%s becomes %s)', async (what, from, to) => {
    const done = mutateShaders(from, to);
    const outcome = await selfTest(device);
    expect(done.count).toBe(1);
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining(what) });
  });

  it('tests f16 exactly where it was granted', async () => {
    const done = mutateShaders('f32(product.x)', 'f32(product.y)');
    const outcome = await selfTest(device);
    const granted = device.has('shader-f16');
    expect(done.count).toBe(granted ? 1 : 0);
    expect(outcome.ok).toBe(!granted);
    if (!outcome.ok) expect(outcome.reason).toContain('f16 dot product');
  });

  it('gives the reason when the shader does not compile', async () => {
    mutateShaders('fn scramble', 'fn unscramble');
    const outcome = await selfTest(device);
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining("'scramble'") });
  });

  it('gives up on a device that never answers', async () => {
    const original = device.gpu.createBuffer.bind(device.gpu);
    vi.spyOn(device.gpu, 'createBuffer').mockImplementation((descriptor) => {
      const buffer = original(descriptor);
      vi.spyOn(buffer, 'mapAsync').mockReturnValue(new Promise(() => {}));
      return buffer;
    });
    expect(await selfTest(device, 40)).toEqual({ ok: false, reason: 'it did not answer within 0.04 s' });
  });
});
