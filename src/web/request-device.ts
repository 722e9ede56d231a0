import { deviceError } from '../errors.js';
import { EngineDevice } from '../graph/device.js';
import { selfTest } from '../graph/self-test.js';

/**
 * The browser's preferred adapter with every feature and limit that the engine can use, tested by known answers. To be
 * destroyed by the caller.
 * @throws ZianError (device) when the browser has no WebGPU or no adapter, or the adapter computes wrongly
 */
export async function requestDevice(): Promise<EngineDevice> {
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  if (!gpu) throw deviceError(withoutWebGpu());
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw deviceError(
      "WebGPU is there, but offers no adapter: the GPU's driver is missing, blocked by the browser, or hardware acceleration is off in its settings (see chrome://gpu or about:support).",
    );
  const device = await EngineDevice.request(adapter);
  const outcome = await selfTest(device);
  if (outcome.ok) return device;
  device.destroy();
  throw deviceError(
    `The adapter '${device.report.name}' fails the self-test: ${outcome.reason}; update its driver or the browser.`,
  );
}

function withoutWebGpu(): string {
  if (globalThis.isSecureContext === false)
    return 'WebGPU is only there in secure contexts; open the page by https, or from localhost.';
  return 'There is no WebGPU here, or it is switched off; Chrome and Edge from 113, Safari from 26 and Firefox from 141 have it on most systems (in Node import zian-webgpu/node, or give a device).';
}
