import { type Graph, type Node, readsOf, writesOf } from './graph.js';

/** Which nodes of a graph depend on which, through any number of others; a bit for each pair. */
export class Reachability {
  readonly #index: ReadonlyMap<Node, number>;
  /** For each node the nodes that it depends on. */
  readonly #ancestors: Uint32Array[] = [];

  constructor({ nodes }: Pick<Graph, 'nodes'>) {
    this.#index = new Map(nodes.map((node, i) => [node, i]));
    const producers = new Map(nodes.flatMap((node) => writesOf(node).map((value) => [value, node] as const)));
    const words = Math.ceil(nodes.length / 32);
    for (const node of nodes) {
      const own = new Uint32Array(words);
      for (const value of readsOf(node)) {
        const at = this.#indexOf(producers.get(value));
        if (at === undefined) continue;
        this.#ancestors[at]?.forEach((bits, word) => {
          own[word] = (own[word] ?? 0) | bits;
        });
        own[at >> 5] = (own[at >> 5] ?? 0) | (1 << (at & 31));
      }
      this.#ancestors.push(own);
    }
  }

  /** Whether `node` reads, directly or through others, what `other` makes. */
  depends(node: Node, other: Node): boolean {
    const from = this.#indexOf(node);
    const at = this.#indexOf(other);
    if (from === undefined || at === undefined) return false;
    return (((this.#ancestors[from]?.[at >> 5] ?? 0) >>> (at & 31)) & 1) === 1;
  }

  #indexOf(node: Node | undefined): number | undefined {
    return node && this.#index.get(node);
  }
}
