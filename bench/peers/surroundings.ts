import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { inputError } from '../../src/errors.js';
import type { DeviceReport } from '../../src/graph/device.js';
import { openDevice } from '../../src/node/adapters.js';
import { packagedSwiftShader } from '../../src/node/dawn.js';
import { hasVulkanLoader } from '../../src/node/vulkan.js';

/** The adapter that a selector means; throws as `openDevice` does. */
export async function adapterOf(
  selector: string,
  note: (line: string) => void,
): Promise<Pick<DeviceReport, 'name' | 'software'>> {
  const device = await openDevice(selector, { log: note });
  const { name, software } = device.report;
  device.destroy();
  return { name, software };
}

/**
 * The environment in which another program's Vulkan loader finds the adapter: the packaged SwiftShader is named there,
 * any other adapter is what this process's own environment offers.
 */
export async function environmentFor({ name }: Pick<DeviceReport, 'name'>): Promise<NodeJS.ProcessEnv> {
  const env = { ...process.env };
  const found = await packagedSwiftShader();
  if (!/swiftshader/i.test(name) || 'unavailable' in found) return env;
  env.VK_DRIVER_FILES = found.manifest;
  env.VK_ICD_FILENAMES = found.manifest;
  delete env.VK_ADD_DRIVER_FILES;
  if (!hasVulkanLoader())
    env.LD_LIBRARY_PATH = [dirname(found.loader), env.LD_LIBRARY_PATH ?? '']
      .filter((part) => part !== '')
      .join(':');
  return env;
}

/** A Python that has PyTorch. */
export interface Python {
  readonly command: string;
  /** Whether PyTorch sees a CUDA device. */
  readonly cuda: boolean;
}

const PROBE = 'import torch; print(torch.cuda.is_available())';

/**
 * Looks for a Python with PyTorch.
 * @param given the command to use; by default the usual ones are tried
 * @throws ZianError (input) when there is none
 */
export async function findPython(given: string | undefined): Promise<Python> {
  const commands = given === undefined ? ['python3', '/usr/bin/python3'] : [given];
  for (const command of commands) {
    try {
      const { stdout } = await promisify(execFile)(command, ['-c', PROBE]);
      return { command, cuda: stdout.trim() === 'True' };
    } catch {
      // Not there, or without PyTorch: the next one may have it.
    }
  }
  throw inputError(
    `No Python with PyTorch was found (tried ${commands.join(', ')}); install it (apt-get install python3-torch python3-numpy) or name one with --python.`,
  );
}
