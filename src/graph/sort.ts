import { type Node, readsOf, writesOf } from './graph.js';

/** Nodes in an order in which each comes after those whose results it reads; otherwise as given. */
export function sortNodes(nodes: readonly Node[]): Node[] {
  const producers = new Map(nodes.flatMap((node) => writesOf(node).map((value) => [value, node] as const)));
  const sorted: Node[] = [];
  const state = new Map<Node, 'visiting' | 'done'>();
  // Explicit stack: networks are deeper than a JavaScript engine's call stack likes.
  for (const root of nodes) {
    const stack = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      if (state.get(node) === 'done') {
        stack.pop();
        continue;
      }
      const waiting = readsOf(node)
        .map((value) => producers.get(value))
        .filter((producer) => producer !== undefined)
        .filter((producer) => state.get(producer) !== 'done');
      if (waiting.length === 0) {
        state.set(node, 'done');
        sorted.push(node);
        stack.pop();
        continue;
      }
      if (state.get(node) === 'visiting' && waiting.some((producer) => state.get(producer) === 'visiting'))
        throw new Error(`the graph has a cycle through ${node.label}`);
      state.set(node, 'visiting');
      stack.push(...waiting.reverse());
    }
  }
  return sorted;
}
