import { expect, it } from 'vitest';
import { readsOf, writesOf } from '../../src/graph/graph.js';
import { type Node, optimize } from '../../src/graph/index.js';
import { Reachability } from '../../src/graph/reachability.js';
import { randomNetwork } from './random-network.js';

it.each([1, 13, 40])('knows every dependence in random network %i', (seed) => {
  for (const graph of [randomNetwork(seed).graph, optimize(randomNetwork(seed).graph, ['concat-slices'])]) {
    const reachability = new Reachability(graph);
    const producers = new Map(graph.nodes.flatMap((node) => writesOf(node).map((value) => [value, node])));
    const above = new Map<Node, Set<Node>>();
    for (const node of graph.nodes) {
      const own = new Set<Node>();
      for (const value of readsOf(node)) {
        const producer = producers.get(value);
        if (!producer) continue;
        own.add(producer);
        for (const further of above.get(producer) ?? []) own.add(further);
      }
      above.set(node, own);
    }
    for (const node of graph.nodes) {
      const found = graph.nodes.filter((other) => reachability.depends(node, other));
      expect(new Set(found)).toEqual(above.get(node));
    }
  }
});
