import type { Call, Kernel, KernelLimits, Operand, Plan, Variant } from '../kernels/contract.js';
import type { Graph, KernelNode, Value } from './graph.js';

/** A kernel node with its place in memory and the plan of the chosen variant. */
export interface Step {
  readonly node: KernelNode;
  readonly call: Call;
  readonly variant: Variant;
  readonly plan: Plan;
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
  const operands = (named: Readonly<Record<string, Value>>): Record<string, Operand> =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [name, operandOf(value)]));
  return nodes.flatMap((node) => {
    if (node.kind === 'view') return [];
    const call: Call = {
      inputs: operands(node.inputs),
      outputs: operands(node.outputs),
      attributes: node.attributes,
    };
    const legal = legalVariants(node.kernel, call, limits);
    if (legal.length === 0)
      throw new Error(`${node.label}: no variant of ${node.kernel.name} fits this device`);
    const wanted = choose?.(node, call, legal);
    const variant = legal.find(({ name }) => name === wanted) ?? standardVariant(node.kernel, call, limits);
    return [{ node, call, variant, plan: variant.plan(call, limits) }];
  });
}
