import type { EngineDevice } from '../graph/device.js';
import { kernelLimits } from '../graph/dispatch.js';
import { DispatchTimer } from '../graph/dispatch-timer.js';
import type { Graph } from '../graph/graph.js';
import { PipelineCache } from '../graph/pipelines.js';
import { Placement } from '../graph/placement.js';
import { type ChooseVariant, legalVariants, planSteps, standardVariant } from '../graph/steps.js';
import { callSignature } from './call-signature.js';
import { type TunableCall, tuneCall } from './tune-call.js';
import type { TuningTable } from './tuning-table.js';

/** How a graph's calls are measured. */
export interface TuneOptions {
  /** No further call is begun after so many milliseconds. */
  readonly budgetMilliseconds: number;
  /** Compiled shaders are kept here; share it with the executable that is compiled afterwards. */
  readonly pipelines?: PipelineCache;
  /** Called before the first call and after each of `total` distinct ones that the table lacks, or lacks a variant of. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Measure calls again that the table has. */
  readonly again?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What became of it. */
export interface TuneResult {
  /** Distinct calls of the graph with more than one legal variant. */
  readonly calls: number;
  /** Of these, how many were measured now, and how many are not in the table still. */
  readonly measured: number;
  readonly missing: number;
}

interface Candidate extends TunableCall {
  /** Operations of all calls like it: those with the most are measured first. */
  readonly flops: number;
}

/** Calls on tables and indices, which noise would send out of bounds, are left alone. */
const onlyFloats = ({ call: { inputs } }: TunableCall): boolean =>
  Object.values(inputs).every(({ dtype }) => dtype === 'f32' || dtype === 'f16');

function candidates(graph: Graph, device: EngineDevice): Map<string, Candidate> {
  const placement = new Placement(graph);
  const limits = kernelLimits(device.gpu);
  const found = new Map<string, Candidate>();
  for (const { node, call } of planSteps(graph, (value) => placement.of(value).operand, limits)) {
    const { kernel } = node;
    const variants = legalVariants(kernel, call, limits);
    const candidate = { kernel, call, variants, standard: standardVariant(kernel, call, limits) };
    if (variants.length < 2 || !onlyFloats(candidate)) continue;
    const signature = callSignature(kernel, call);
    const flops = kernel.cost(call).flops + (found.get(signature)?.flops ?? 0);
    found.set(signature, { ...(found.get(signature) ?? candidate), flops });
  }
  return found;
}

/** Whether the table has a call, and each variant that is legal now: a feature or a new version may bring more. */
function isMeasured({ kernel, call, variants }: TunableCall, table: TuningTable): boolean {
  const known = table.get(kernel, call)?.milliseconds;
  return known !== undefined && variants.every(({ name }) => name in known);
}

/**
 * Measures the legal variants of a graph's distinct calls on a device, the heaviest first, and enters the fastest ones
 * into the table. Each must first agree with the plain variant. Pauses between calls, so that it can be aborted.
 * @throws ZianError (device) when the device is lost; the signal's reason when it is aborted
 */
export async function tune(
  graph: Graph,
  device: EngineDevice,
  table: TuningTable,
  { budgetMilliseconds, pipelines = new PipelineCache(device.gpu), onProgress, again, signal }: TuneOptions,
): Promise<TuneResult> {
  const all = [...candidates(graph, device).values()];
  const wanted = all
    .filter((candidate) => again || !isMeasured(candidate, table))
    .toSorted((a, b) => b.flops - a.flops);
  const deadline = performance.now() + budgetMilliseconds;
  const timer = new DispatchTimer(device.gpu);
  let measured = 0;
  onProgress?.(measured, wanted.length);
  try {
    for (const candidate of wanted) {
      signal?.throwIfAborted();
      if (performance.now() >= deadline) break;
      table.set(
        candidate.kernel,
        candidate.call,
        await tuneCall(candidate, device, pipelines, timer, deadline),
      );
      measured += 1;
      onProgress?.(measured, wanted.length);
    }
  } finally {
    timer.destroy();
  }
  const missing = all.filter((candidate) => !isMeasured(candidate, table)).length;
  return { calls: all.length, measured, missing };
}

/** Chooses what the table says; what it does not have, or no longer is legal, stays the kernel's own choice. */
export const chooseFrom =
  (table: TuningTable): ChooseVariant =>
  (node, call) =>
    table.get(node.kernel, call)?.variant;
