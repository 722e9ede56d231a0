import { type Graph, type Node, readsOf, type Value, withNodes, writesOf } from '../graph.js';

/** Nodes that no output depends on, away. */
export function removeUnused(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs.values());
  const kept: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!writesOf(node).some((value) => needed.has(value))) continue;
    kept.push(node);
    for (const value of readsOf(node)) needed.add(value);
  }
  return withNodes(graph, kept.reverse());
}
