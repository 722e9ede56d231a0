import type { EngineDevice } from './device.js';
import { BufferUsage, MapMode, ShaderStage } from './flags.js';
import source from './self-test.wgsl';
import { type Check, f16Task, f32Task, type SelfTestTask } from './self-test-answers.js';
import sourceF16 from './self-test-f16.wgsl';

export type SelfTestOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Computes known answers on the device, with every kind of operation that the kernels are made of: integer and
 * float arithmetic, loops, workgroup memory with barriers, dispatches that read each other's results, NaN by its
 * bits, f16 where granted, upload and readback. Takes milliseconds.
 * @param timeoutMs after which a device that does not answer has failed
 * @returns why the device must not be used; never throws
 */
export async function selfTest(device: EngineDevice, timeoutMs = 30_000): Promise<SelfTestOutcome> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`it did not answer within ${timeoutMs / 1000} s`), timeoutMs);
  });
  try {
    const reason = await Promise.race([runTasks(device), silence]);
    return reason === undefined ? { ok: true } : { ok: false, reason };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function runTasks(device: EngineDevice): Promise<string | undefined> {
  const wrong = await runTask(device, source, f32Task());
  if (wrong !== undefined || !device.has('shader-f16')) return wrong;
  return await runTask(device, sourceF16, f16Task());
}

async function runTask(device: EngineDevice, code: string, task: SelfTestTask): Promise<string | undefined> {
  const buffers: GPUBuffer[] = [];
  try {
    const readbacks = await device.scoped('the self-test', () => submit(device.gpu, code, task, buffers));
    const results: Uint32Array[] = [];
    for (const readback of readbacks) {
      await readback.mapAsync(MapMode.READ);
      results.push(new Uint32Array(readback.getMappedRange().slice(0)));
    }
    device.assertAlive();
    return firstWrong(task.checks, results);
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}

/** Uploads, dispatches every entry point in turn, and copies the outputs for readback: inputs are bound first. */
function submit(gpu: GPUDevice, code: string, task: SelfTestTask, buffers: GPUBuffer[]): GPUBuffer[] {
  const buffer = (size: number, usage: number): GPUBuffer => {
    const made = gpu.createBuffer({ label: 'self-test', size, usage });
    buffers.push(made);
    return made;
  };
  const inputs = task.inputs.map((data) => {
    const made = buffer(data.byteLength, BufferUsage.STORAGE | BufferUsage.COPY_DST);
    gpu.queue.writeBuffer(made, 0, data);
    return made;
  });
  const outputs = task.outputs.map((words) => {
    const made = buffer(words * 4, BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC);
    // An adapter that runs nothing must not find the answers of an earlier test in recycled memory.
    gpu.queue.writeBuffer(made, 0, new Uint32Array(words).fill(0xdeadbeef));
    return made;
  });
  const bound = [...inputs, ...outputs];
  const layout = gpu.createBindGroupLayout({
    entries: bound.map((_, binding) => ({
      binding,
      visibility: ShaderStage.COMPUTE,
      buffer: { type: binding < inputs.length ? 'read-only-storage' : 'storage' },
    })),
  });
  const group = gpu.createBindGroup({
    layout,
    entries: bound.map((made, binding) => ({ binding, resource: { buffer: made } })),
  });
  const module = gpu.createShaderModule({ label: 'self-test', code });
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const { entryPoint, workgroups } of task.dispatches) {
    pass.setPipeline(
      gpu.createComputePipeline({
        layout: gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint },
      }),
    );
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(workgroups);
  }
  pass.end();
  const readbacks = outputs.map((output) => {
    const readback = buffer(output.size, BufferUsage.MAP_READ | BufferUsage.COPY_DST);
    encoder.copyBufferToBuffer(output, 0, readback, 0, output.size);
    return readback;
  });
  gpu.queue.submit([encoder.finish()]);
  return readbacks;
}

function firstWrong(checks: readonly Check[], results: readonly Uint32Array[]): string | undefined {
  for (const { what, output, at, want, tolerance } of checks) {
    const bits = results[output]?.[at] ?? 0;
    const got = tolerance === undefined ? bits : asFloat(bits);
    // A NaN fails this as well.
    const right = Math.abs(got - want) <= (tolerance ?? 0) * Math.abs(want);
    if (!right) return `its ${what} is wrong (got ${got}, expected ${want})`;
  }
  return undefined;
}

const scratch = new DataView(new ArrayBuffer(4));
function asFloat(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}
