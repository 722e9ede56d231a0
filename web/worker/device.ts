import { deviceError } from '../../src/errors.js';
import { EngineDevice } from '../../src/graph/device.js';
import { selfTest } from '../../src/graph/self-test.js';

/**
 * Opens the browser's adapter and holds it against known answers.
 * @throws ZianError (device) that says why there is none
 */
export async function openDevice(): Promise<EngineDevice> {
  // Absent in browsers without WebGPU, whatever the types say.
  const gpu: GPU | undefined = navigator.gpu;
  if (gpu === undefined)
    throw deviceError(
      self.isSecureContext
        ? 'This browser has no WebGPU, or has it switched off (navigator.gpu is missing in workers).'
        : 'WebGPU is only there on pages that come over https or from localhost, and this one did not.',
    );
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw deviceError(
      'This browser has WebGPU, but gave no adapter: its GPU or driver is blocked, or hardware acceleration is off.',
    );
  const device = await EngineDevice.request(adapter);
  const outcome = await selfTest(device);
  if (outcome.ok) return device;
  const { name } = device.report;
  device.destroy();
  throw deviceError(`The adapter '${name}' cannot be used: ${outcome.reason}.`);
}
