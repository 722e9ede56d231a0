import type { Executable, Timing } from '../src/graph/index.js';
import type { Cost } from '../src/kernels/contract.js';

/**
 * Parts of the network, in running order, and the beginnings of their layers' labels (see src/zian/model). Layers that
 * a pass has merged are labelled by the first of them.
 */
const STAGES = [
  ['preprocess', /^input(\.|$)/],
  ['input_ds', /^input_ds(\.|$)/],
  ['hrnet', /^(hrnet|coarse\.features)(\.|$)/],
  ['coarse head', /^heatmap_ds\.0(\.|$)/],
  ['peaks', /^heatmap_(ds|roi)\.peak(\.|$)/],
  ['crops', /^(input_roi_[123]|roi_[123]\.aligned|coarse\.aligned)(\.|$)/],
  ['hrnet_roi*', /^(hrnet_roi(_[23])?|roi_[123]\.features)(\.|$)/],
  ['co-attention', /^(coattention|linear_e|coatten_\w+|roi_[123]\.attended)(\.|$)/],
  ['squeeze', /^attention\.in(_ator_trans)?(\.|$)/],
  ['expand', /^attention\.(ator_out_trans|transposed|add|out)(\.|$)/],
  ['convf', /^(convf|bnf)(\.|$)/],
  ['fine head', /^heatmap_roi\.[0-3](\.|$)/],
] as const satisfies readonly (readonly [string, RegExp])[];

export type StageName = (typeof STAGES)[number][0] | 'other';

/** All stages in running order; `other` is for labels that none of them knows. */
export const STAGE_NAMES: readonly StageName[] = [...STAGES.map(([name]) => name), 'other'];

/** @param label of a layer or dispatch, such as `hrnet.layer1.0.conv1: conv2d` */
export function stageOf(label: string): StageName {
  const [layer = ''] = label.split(/:| \+ /);
  return STAGES.find(([, pattern]) => pattern.test(layer))?.[0] ?? 'other';
}

/** Sums of one profile. */
export interface GroupTime {
  dispatches: number;
  milliseconds: number;
}

/** Adds the times of dispatches up by group. */
export function sumByGroup(
  timings: readonly Timing[],
  groupOf: (label: string) => string,
): Map<string, GroupTime> {
  const groups = new Map<string, GroupTime>();
  for (const { label, nanoseconds } of timings) {
    const name = groupOf(label);
    const group = groups.get(name) ?? { dispatches: 0, milliseconds: 0 };
    groups.set(name, group);
    group.dispatches += 1;
    group.milliseconds += nanoseconds / 1e6;
  }
  return groups;
}

/** Work of the graph's nodes by group, by the kernels' own count. */
export function costByGroup(
  steps: Executable['steps'],
  groupOf: (step: Executable['steps'][number]) => string,
): Map<string, Cost> {
  const groups = new Map<string, Cost>();
  for (const step of steps) {
    const name = groupOf(step);
    const { flops, bytes } = step.node.kernel.cost(step.call);
    const sum = groups.get(name) ?? { flops: 0, bytes: 0 };
    groups.set(name, { flops: sum.flops + flops, bytes: sum.bytes + bytes });
  }
  return groups;
}
