import type { Call, Kernel, KernelLimits, Operand, Plan } from '../kernels/contract.js';
import { buildShader } from '../kernels/shader.js';
import { describe } from './device.js';
import type { PipelineCache } from './pipelines.js';
import { settleAll } from './settle.js';
import { subgroupMatrixConfigs } from './subgroup-matrix.js';

/** A dispatch with its pipeline, buffers and size: everything a compute pass needs. */
export interface PreparedDispatch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
  /** Holds the workgroup counts in place of `workgroups`. */
  readonly indirect?: GPUBuffer;
}

/** All operands of a call, inputs and outputs, by name. */
export const operandsOf = (call: Call): Readonly<Record<string, Operand>> => ({
  ...call.inputs,
  ...call.outputs,
});

/**
 * Compiles a plan's shaders and binds its buffers.
 * @param buffers by operand or scratch name
 * @param uniforms gives a uniform buffer with these contents, owned by the caller
 * @param absent bound in place of optional operands that are not there
 */
export function prepareCall(
  device: GPUDevice,
  cache: PipelineCache,
  kernel: Kernel,
  call: Call,
  plan: Plan,
  buffers: Readonly<Record<string, GPUBuffer>>,
  uniforms: (contents: Uint32Array) => GPUBuffer,
  absent: GPUBuffer,
  label: string,
): Promise<PreparedDispatch[]> {
  const operands = operandsOf(call);
  return settleAll(
    plan.dispatches.map(async (dispatch) => {
      const shader = buildShader(dispatch, operands, kernel.optional);
      const { pipeline, layout } = await cache.get(shader);
      const bufferOf = (name: string): GPUBuffer => {
        const buffer = buffers[name] ?? (kernel.optional?.includes(name) ? absent : undefined);
        if (!buffer) throw new Error(`${kernel.name}: nothing is bound to '${name}'`);
        return buffer;
      };
      const bound = dispatch.bindings.map(bufferOf);
      if (shader.parameters) bound.push(uniforms(shader.parameters));
      const bindGroup = device.createBindGroup({
        label: `${label}: ${shader.name}`,
        layout,
        entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
      const common = { label: `${label}: ${shader.name}`, pipeline, bindGroup };
      if (!('indirect' in dispatch.workgroups)) return { ...common, workgroups: dispatch.workgroups };
      return { ...common, workgroups: [0, 0, 0] as const, indirect: bufferOf(dispatch.workgroups.indirect) };
    }),
  );
}

/** Records a prepared dispatch into a compute pass. */
export function encodeDispatch(pass: GPUComputePassEncoder, dispatch: PreparedDispatch): void {
  pass.setPipeline(dispatch.pipeline);
  pass.setBindGroup(0, dispatch.bindGroup);
  if (dispatch.indirect) pass.dispatchWorkgroupsIndirect(dispatch.indirect, 0);
  else pass.dispatchWorkgroups(...dispatch.workgroups);
}

/** The limits that kernels look at, read off a device. */
export const kernelLimits = (device: GPUDevice): KernelLimits => ({
  maxComputeWorkgroupStorageSize: device.limits.maxComputeWorkgroupStorageSize,
  maxComputeInvocationsPerWorkgroup: device.limits.maxComputeInvocationsPerWorkgroup,
  maxComputeWorkgroupsPerDimension: device.limits.maxComputeWorkgroupsPerDimension,
  maxStorageBufferBindingSize: device.limits.maxStorageBufferBindingSize,
  subgroupSize: subgroupSize(device),
  subgroupMatrixConfigs: subgroupMatrixConfigs(device),
  software: describe(device, device.adapterInfo).software,
});

/** Not every browser's device tells its adapter's info, and some adapters choose a size per shader: 0 for those. */
function subgroupSize({ features, adapterInfo }: GPUDevice): number {
  if (!features.has('subgroups')) return 0;
  const { subgroupMinSize = 0, subgroupMaxSize = 0 } = adapterInfo ?? {};
  return subgroupMinSize === subgroupMaxSize ? subgroupMinSize : 0;
}
