import { type Graph, type KernelNode, type Node, resultOf, Uses, withNodes } from '../graph.js';

const FUSES = new Set(['conv2d', 'sum']);

/** ReLU, sigmoid and GELU into the convolution or sum before them. */
export function fuseActivation(graph: Graph): Graph {
  const uses = new Uses(graph);
  const gone = new Set<Node>();
  const replaced = new Map<Node, KernelNode>();
  for (const node of graph.nodes) {
    if (node.kind !== 'kernel' || node.kernel.name !== 'activation' || !node.inputs.x) continue;
    const before = uses.producer(node.inputs.x);
    if (before?.kind !== 'kernel' || !FUSES.has(before.kernel.name) || !uses.isPrivate(node.inputs.x))
      continue;
    if ((before.attributes.activation ?? 'none') !== 'none') continue;
    gone.add(before);
    replaced.set(node, {
      ...before,
      outputs: { y: resultOf(node) },
      attributes: { ...before.attributes, activation: node.attributes.activation },
    });
  }
  return withNodes(
    graph,
    graph.nodes.filter((node) => !gone.has(node)).map((node) => replaced.get(node) ?? node),
  );
}
