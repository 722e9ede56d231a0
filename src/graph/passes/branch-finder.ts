import { type Graph, type KernelNode, type Node, resultOf, Uses, type Value } from '../graph.js';
import { Reachability } from '../reachability.js';

/** Kernels that treat each image of a batch by itself; convolutions with a weight set for each part of the batch. */
const MERGED_KERNELS = new Set(['conv2d', 'sum', 'activation', 'multiply']);
/** Fewer convolutions than this are not worth the copies at a region's edge. */
const LEAST_CONVOLUTIONS = 4;
/** The inputs of one concatenation. */
const MOST_BRANCHES = 4;

/** Corresponding nodes, one of each branch. */
export type Row = readonly KernelNode[];

/** Finds isomorphic branches of a graph that can run as one over a batch. */
export class BranchFinder {
  readonly #graph: Graph;
  readonly #uses: Uses;
  readonly #reachability: Reachability;
  readonly #order: ReadonlyMap<Node, number>;
  readonly #signatures = new Map<KernelNode, string>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#uses = new Uses(graph);
    this.#reachability = new Reachability(graph);
    this.#order = new Map(graph.nodes.map((node, i) => [node, i]));
  }

  /** The first region that is worth merging: rows of corresponding nodes, in running order, no node twice. */
  region(): readonly Row[] | undefined {
    for (const seeds of this.#candidates())
      for (const first of seeds) {
        const row = this.#independent(first, seeds);
        if (row.length < 2) continue;
        const region = this.#grow(row);
        if (region.filter(([node]) => node?.kernel.name === 'conv2d').length >= LEAST_CONVOLUTIONS)
          return region;
      }
    return undefined;
  }

  /** Convolutions of the same signature, in running order. */
  #candidates(): KernelNode[][] {
    const groups = new Map<string, KernelNode[]>();
    for (const node of this.#graph.nodes) {
      if (!this.#mergeable(node) || node.kernel.name !== 'conv2d') continue;
      const key = this.#signature(node);
      groups.set(key, [...(groups.get(key) ?? []), node]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }

  #mergeable(node: Node): node is KernelNode {
    return (
      node.kind === 'kernel' &&
      MERGED_KERNELS.has(node.kernel.name) &&
      (node.attributes.branches ?? 1) === 1 &&
      // Tensors of a lower rank have no batch.
      resultOf(node).spec.shape.length >= 3 &&
      // What lies in blocks cannot be concatenated.
      this.#dataInputs(node).every(([, value]) => {
        const producer = this.#uses.producer(value);
        return producer?.kind !== 'view' || producer.block === 1;
      })
    );
  }

  /** What two nodes must share to run as one. */
  #signature(node: KernelNode): string {
    const known = this.#signatures.get(node);
    if (known) return known;
    const { kernel, inputs, outputs, attributes } = node;
    const operands = Object.entries({ ...inputs, ...outputs }).map(([name, value]) => [
      name,
      value.spec.shape,
      value.spec.dtype,
      this.#graph.constants.has(value),
    ]);
    const signature = JSON.stringify([kernel.name, attributes, operands]);
    this.#signatures.set(node, signature);
    return signature;
  }

  #dataInputs(node: KernelNode): [string, Value][] {
    return Object.entries(node.inputs).filter(([, value]) => !this.#graph.constants.has(value));
  }

  /** `first` and those of the others that neither depend on each other nor share an input. */
  #independent(first: KernelNode, others: readonly KernelNode[]): KernelNode[] {
    const row: KernelNode[] = [];
    const inputs = new Set<Value>();
    const depend = (a: Node, b: Node): boolean =>
      this.#reachability.depends(a, b) || this.#reachability.depends(b, a);
    for (const node of [first, ...others]) {
      if (row.length === MOST_BRANCHES) break;
      const own = this.#dataInputs(node).map(([, value]) => value);
      if (row.some((member) => member === node || depend(member, node))) continue;
      if (own.some((value) => inputs.has(value))) continue;
      row.push(node);
      for (const value of own) inputs.add(value);
    }
    return row;
  }

  /** Follows the branches in step, as long as corresponding nodes read corresponding values only. */
  #grow(seeds: Row): Row[] {
    const region: Row[] = [];
    const used = new Set<KernelNode>();
    /** Each value that the region makes in the first branch, and those that correspond to it in all. */
    const counterparts = new Map<Value, readonly Value[]>();
    const waiting = new Set<Node>();
    const add = (row: Row): void => {
      const [first] = row;
      if (!first) return;
      region.push(row);
      for (const member of row) used.add(member);
      counterparts.set(resultOf(first), row.map(resultOf));
      for (const consumer of this.#uses.consumers(resultOf(first))) waiting.add(consumer);
    };
    add(seeds);
    // A node for which a counterpart is still missing comes back when that is there.
    for (let node = this.#earliest(waiting); node; node = this.#earliest(waiting)) {
      waiting.delete(node);
      if (!this.#mergeable(node) || used.has(node)) continue;
      const row = this.#counterpartsOf(node, counterparts, used, seeds.length);
      if (row) add(row);
    }
    return region;
  }

  /** The node and those that do the same in the other branches, unless one has none or reads what lies outside. */
  #counterpartsOf(
    node: KernelNode,
    counterparts: ReadonlyMap<Value, readonly Value[]>,
    used: ReadonlySet<KernelNode>,
    branches: number,
  ): Row | undefined {
    const inputs = this.#dataInputs(node).map(([name, value]) => ({ name, values: counterparts.get(value) }));
    const row = [node];
    for (let branch = 1; branch < branches; branch++) {
      const wanted = inputs.map(({ name, values }) => [name, values?.[branch]] as const);
      const [, start] = wanted[0] ?? [];
      if (!start || wanted.some(([, value]) => value === undefined)) return undefined;
      const found = this.#uses
        .consumers(start)
        .find(
          (candidate): candidate is KernelNode =>
            this.#mergeable(candidate) &&
            !used.has(candidate) &&
            !row.includes(candidate) &&
            wanted.every(([name, value]) => candidate.inputs[name] === value) &&
            this.#signature(candidate) === this.#signature(node),
        );
      if (!found) return undefined;
      row.push(found);
    }
    return row;
  }

  #earliest(nodes: Iterable<Node>): Node | undefined {
    let earliest: Node | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const node of nodes) {
      const place = this.#order.get(node) ?? 0;
      if (place < least) [earliest, least] = [node, place];
    }
    return earliest;
  }
}
