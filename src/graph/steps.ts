import { inputError } from '../errors.js';
import type { Call, Kernel, KernelLimits, Operand, Plan, Variant } from '../kernels/contract.js';
import type { Graph, KernelNode, Value } from './graph.js';
import type { Placement } from './placement.js';

/** A kernel node with its place in memory and the plan of the chosen variant. */
export interface Step {
  readonly node: KernelNode;
  readonly call: Call;
  readonly variant: Variant;
  readonly plan: Plan;
  /** The same step for one image, where this one is for a batch. */
  readonly single?: Step;
}

/** A graph with its steps and places, and those of the same network for one image where it is for a batch. */
export interface PlannedGraph {
  readonly graph: Graph;
  readonly placement: Placement;
  readonly steps: readonly Step[];
  readonly single?: PlannedGraph;
}

/** Buffers of each step that are its alone: by operand or scratch name. */
export type StepBuffers = ReadonlyMap<Step, Readonly<Record<string, GPUBuffer>>>;

/** The variant of a kernel node, by name; the kernel's own default where it gives undefined. */
export type ChooseVariant = (node: KernelNode, call: Call, legal: readonly Variant[]) => string | undefined;

/** The variants that can do a call on such a device; the last one is the plain one. */
export const legalVariants = ({ variants }: Kernel, call: Call, limits: KernelLimits): Variant[] =>
  variants.filter((variant) => variant.legal?.(call, limits) ?? true);

/** The variant that is taken where nothing has been measured. @throws Error when none is legal */
export function standardVariant(kernel: Kernel, call: Call, limits: KernelLimits): Variant {
  const legal = legalVariants(kernel, call, limits);
  const variant = legal.find((v) => v.preferred?.(call, limits) ?? true) ?? legal[0];
  if (!variant) throw new Error(`no variant of ${kernel.name} fits this device`);
  return variant;
}

function callOf({ inputs, outputs, attributes }: KernelNode, operandOf: (value: Value) => Operand): Call {
  const operands = (named: Readonly<Record<string, Value>>): Record<string, Operand> =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [name, operandOf(value)]));
  return { inputs: operands(inputs), outputs: operands(outputs), attributes };
}

/**
 * Chooses a variant for every kernel node, in running order.
 * @param operandOf where each value lies
 */
export function planSteps(
  { nodes }: Graph,
  operandOf: (value: Value) => Operand,
  limits: KernelLimits,
  choose?: ChooseVariant,
): Step[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'view') return [];
    const call = callOf(node, operandOf);
    const legal = legalVariants(node.kernel, call, limits);
    if (legal.length === 0)
      throw new Error(`${node.label}: no variant of ${node.kernel.name} fits this device`);
    const wanted = choose?.(node, call, legal);
    const variant = legal.find(({ name }) => name === wanted) ?? standardVariant(node.kernel, call, limits);
    return [{ node, call, variant, plan: variant.plan(call, limits) }];
  });
}

/**
 * The steps of a graph for a batch: each with the variant of the same step for one image, and with sums in its order, so that
 * an image's results are the same bits in any batch.
 * @param singles steps of the same network for one image
 * @throws ZianError (input) where a variant cannot do so many images at once
 */
export function planBatch(
  { nodes }: Graph,
  singles: readonly Step[],
  operandOf: (value: Value) => Operand,
  limits: KernelLimits,
): Step[] {
  const kernels = nodes.filter((node) => node.kind === 'kernel');
  return kernels.map((node, i): Step => {
    const single = singles[i];
    if (
      single?.node.kernel !== node.kernel ||
      single.node.label !== node.label ||
      kernels.length !== singles.length
    )
      throw new Error(`${node.label}: the graph for a batch is not that for one image`);
    const { variant } = single;
    const call: Call = { ...callOf(node, operandOf), single: single.call };
    if (!(variant.legal?.(call, limits) ?? true)) throw tooManyImages(node.label);
    return { node, call, variant, plan: variant.plan(call, limits), single };
  });
}

const tooManyImages = (layer: string) =>
  inputError(
    `The layer '${layer}' cannot be computed for so many images at once on this adapter; take a smaller batch.`,
  );
