import type { SubgroupMatrixConfig } from '../kernels/contract.js';

/** Dawn's experiment, which no standard has yet: offered only where its unsafe features were asked for. */
export const SUBGROUP_MATRIX = 'chromium-experimental-subgroup-matrix';

/** Kernels compare the members, so that what is of another type fits nothing. */
const isConfig = (value: unknown): value is SubgroupMatrixConfig =>
  typeof value === 'object' &&
  value !== null &&
  ['componentType', 'resultComponentType', 'M', 'N', 'K'].every((member) => member in value);

const known = new WeakMap<GPUDevice, readonly SubgroupMatrixConfig[]>();

/**
 * Notes what an adapter's subgroups multiply as matrices, for the device that came from it: Dawn's Node bindings tell it of
 * adapters only. The names are those of `GPUAdapterInfo.subgroupMatrixConfigs` in proposals/subgroup-matrix.md of gpuweb.
 */
export function noteSubgroupMatrices(device: GPUDevice, info: GPUAdapterInfo | undefined): void {
  if (!device.features.has(SUBGROUP_MATRIX) || !info || !('subgroupMatrixConfigs' in info)) return;
  const { subgroupMatrixConfigs: found } = info;
  if (!Array.isArray(found)) return;
  // Shaders without half precision cannot name its matrices.
  const half = device.features.has('shader-f16');
  known.set(
    device,
    found.filter(isConfig).filter(({ componentType }) => half || componentType !== 'f16'),
  );
}

/** What the subgroups of a device multiply as matrices; nothing where it was not granted the feature. */
export const subgroupMatrixConfigs = (device: GPUDevice): readonly SubgroupMatrixConfig[] =>
  known.get(device) ?? [];
