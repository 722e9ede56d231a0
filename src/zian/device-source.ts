import { EngineDevice } from '../graph/index.js';
import { platform } from './platform.js';

/** Opens a device, and another one after a loss. What it gives belongs to the model, which destroys it. */
export type OpenDevice = () => Promise<EngineDevice>;

/** Where a model's devices come from. */
export interface DeviceSource {
  /** Whether another one can be had where one is lost: not where a caller gave theirs. */
  readonly renewable: boolean;
  open(): Promise<EngineDevice>;
  /** Lets go of a device that `open` gave: one that was opened here is destroyed. */
  release(device: EngineDevice): void;
}

/** Devices of the platform's choice, of a caller's function, or the one that a caller gave. */
export function deviceSource(given: EngineDevice | GPUDevice | OpenDevice | undefined): DeviceSource {
  const release = (device: EngineDevice): void => device.destroy();
  if (given === undefined) return { renewable: true, open: () => platform().requestDevice(), release };
  if (typeof given === 'function') return { renewable: true, open: given, release };
  if ('gpu' in given) return { renewable: false, open: async () => given, release: () => undefined };
  return { renewable: false, open: async () => EngineDevice.wrap(given), release };
}
