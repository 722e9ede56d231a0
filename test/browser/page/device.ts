import { type EngineDevice, requestDevice } from '../../../src/index.js';

let device: Promise<EngineDevice> | undefined;

/** One device for all that does not test devices. */
export function pageDevice(): Promise<EngineDevice> {
  device ??= requestDevice();
  return device;
}
