import { BufferUsage, MapMode } from '../../graph/flags.js';

/**
 * Copies a buffer to the host.
 * @param buffer with the usage COPY_SRC
 * @param bytes of it, from its start; a multiple of 4
 */
export async function readBack(gpu: GPUDevice, buffer: GPUBuffer, bytes: number): Promise<Uint8Array> {
  const staging = gpu.createBuffer({
    label: 'picture for the host',
    size: bytes,
    usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
  });
  try {
    const encoder = gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes);
    gpu.queue.submit([encoder.finish()]);
    await staging.mapAsync(MapMode.READ);
    return new Uint8Array(staging.getMappedRange()).slice();
  } finally {
    staging.destroy();
  }
}
