import { RESIDUALS } from '../../kernels/conv2d/geometry.js';
import type { SumAttributes } from '../../kernels/sum/sum.js';
import { type Graph, type KernelNode, type Node, resultOf, Uses, withNodes } from '../graph.js';

const TERMS = ['a', 'b', 'c', 'd'] as const;

/** The convolution behind a term, if it can add the sum's other terms itself. */
function absorbable(node: KernelNode | undefined): boolean {
  return (
    node !== undefined &&
    !RESIDUALS.some((name) => node.inputs[name]) &&
    (node.attributes.activation ?? 'none') === 'none'
  );
}

/**
 * A sum into the last full-resolution convolution among its terms, whose epilogue then adds the others
 * (the residual of a block, the upsampled terms of a fuse layer).
 */
export function fuseResidual(graph: Graph): Graph {
  const uses = new Uses(graph);
  const gone = new Set<Node>();
  const replaced = new Map<Node, KernelNode>();
  for (const node of graph.nodes) {
    if (node.kind !== 'kernel' || node.kernel.name !== 'sum') continue;
    const { factors = [] }: Partial<SumAttributes> = node.attributes;
    const terms = TERMS.flatMap((name) => node.inputs[name] ?? []).map((value, i) => ({
      value,
      factor: factors[i] ?? 1,
    }));
    const host = [...terms]
      .reverse()
      .find(
        ({ value, factor }) =>
          factor === 1 && uses.isPrivate(value) && absorbable(uses.producedBy(value, 'conv2d')),
      );
    const conv = host ? uses.producedBy(host.value, 'conv2d') : undefined;
    if (!host || !conv) continue;
    const others = terms.filter((term) => term !== host);
    gone.add(conv);
    // In the sum's place: all its terms are there by then.
    replaced.set(node, {
      ...conv,
      inputs: { ...conv.inputs, ...Object.fromEntries(others.map(({ value }, i) => [`r${i}`, value])) },
      outputs: { y: resultOf(node) },
      attributes: {
        ...conv.attributes,
        factors: others.map(({ factor }) => factor),
        activation: node.attributes.activation,
      },
    });
  }
  return withNodes(
    graph,
    graph.nodes.filter((node) => !gone.has(node)).map((node) => replaced.get(node) ?? node),
  );
}
