import type { EngineDevice } from '../../src/graph/device.js';
import { openDevice } from '../../src/node/adapters.js';

let device: Promise<EngineDevice> | undefined;

/**
 * The device that tests compute on: the adapter that `ZIAN_TEST_ADAPTER` names, as `--adapter` takes it, by default the
 * packaged SwiftShader. Opened once per process, destroyed when it ends. A missing adapter is a failure.
 */
export function testDevice(): Promise<EngineDevice> {
  device ??= openDevice(process.env.ZIAN_TEST_ADAPTER || 'software');
  return device;
}
