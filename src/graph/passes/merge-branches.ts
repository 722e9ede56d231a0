import { concat } from '../../kernels/concat/concat.js';
import { extentOf } from '../../kernels/layout.js';
import type { Constant } from '../constants.js';
import {
  type Graph,
  type KernelNode,
  type Node,
  resultOf,
  Uses,
  type Value,
  type ViewNode,
  withNodes,
  writesOf,
} from '../graph.js';
import { sortNodes } from '../sort.js';

/** Kernels that treat each image of a batch by itself; convolutions with a weight set for each part of the batch. */
const MERGED_KERNELS = new Set(['conv2d', 'sum', 'activation', 'multiply']);
/** Fewer convolutions than this are not worth the copies at a region's edge. */
const LEAST_CONVOLUTIONS = 4;
/** The inputs of one concatenation. */
const MOST_BRANCHES = 4;

/** Corresponding nodes, one of each branch. */
type Row = readonly KernelNode[];

class BranchFinder {
  readonly #graph: Graph;
  readonly #uses: Uses;
  readonly #order: ReadonlyMap<Node, number>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#uses = new Uses(graph);
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
  #signature({ kernel, inputs, outputs, attributes }: KernelNode): string {
    const operands = Object.entries({ ...inputs, ...outputs }).map(([name, value]) => [
      name,
      value.spec.shape,
      value.spec.dtype,
      this.#graph.constants.has(value),
    ]);
    return JSON.stringify([kernel.name, attributes, operands]);
  }

  #dataInputs(node: KernelNode): [string, Value][] {
    return Object.entries(node.inputs).filter(([, value]) => !this.#graph.constants.has(value));
  }

  /** `first` and those of the others that neither depend on each other nor share an input. */
  #independent(first: KernelNode, others: readonly KernelNode[]): KernelNode[] {
    const row = [first];
    const reached = this.#descendants(first);
    const inputs = new Set(this.#dataInputs(first).map(([, value]) => value));
    for (const node of others) {
      if (row.includes(node) || row.length === MOST_BRANCHES || reached.has(node)) continue;
      const own = this.#dataInputs(node).map(([, value]) => value);
      if (own.some((value) => inputs.has(value))) continue;
      const below = this.#descendants(node);
      if (row.some((member) => below.has(member))) continue;
      row.push(node);
      for (const value of own) inputs.add(value);
      for (const descendant of below) reached.add(descendant);
    }
    return row;
  }

  #descendants(from: Node): Set<Node> {
    const found = new Set<Node>();
    const waiting: Node[] = [from];
    for (let node = waiting.pop(); node; node = waiting.pop())
      for (const consumer of writesOf(node).flatMap((value) => this.#uses.consumers(value)))
        if (!found.has(consumer)) {
          found.add(consumer);
          waiting.push(consumer);
        }
    return found;
  }

  /** Follows the branches in step, as long as corresponding nodes read corresponding values only. */
  #grow(seeds: Row): Row[] {
    const region: Row[] = [seeds];
    const used = new Set<KernelNode>(seeds);
    const counterparts = new Map<Value, readonly Value[]>();
    const [first] = seeds;
    if (!first) return [];
    counterparts.set(resultOf(first), seeds.map(resultOf));
    for (const node of this.#graph.nodes.slice((this.#order.get(first) ?? 0) + 1)) {
      if (!this.#mergeable(node) || used.has(node)) continue;
      const inputs = this.#dataInputs(node);
      const matched = inputs.map(([, value]) => counterparts.get(value));
      if (matched.some((values) => values === undefined)) continue;
      const row = [node];
      for (let branch = 1; branch < seeds.length; branch++) {
        const wanted = inputs.map(([name], i) => [name, matched[i]?.[branch]] as const);
        const [, start] = wanted[0] ?? [];
        const found = start
          ? this.#uses
              .consumers(start)
              .find(
                (candidate): candidate is KernelNode =>
                  this.#mergeable(candidate) &&
                  !used.has(candidate) &&
                  wanted.every(([name, value]) => candidate.inputs[name] === value) &&
                  this.#signature(candidate) === this.#signature(node),
              )
          : undefined;
        if (found) row.push(found);
      }
      if (row.length < seeds.length || new Set(row).size < row.length) continue;
      for (const member of row) used.add(member);
      counterparts.set(resultOf(node), row.map(resultOf));
      region.push(row);
    }
    return region;
  }
}

/** Builds the nodes that stand for a region. */
class RegionMerger {
  readonly nodes: Node[] = [];
  readonly constants = new Map<Value, Constant>();
  readonly #graph: Graph;
  readonly #merged = new Map<Value, Value>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  merge(region: readonly Row[], uses: Uses): void {
    const inside = new Set<Node>(region.flat());
    for (const row of region) {
      const [node] = row;
      if (!node) continue;
      const inputs = Object.fromEntries(
        Object.keys(node.inputs).map((name) => [
          name,
          this.#input(row.flatMap((member) => member.inputs[name] ?? [])),
        ]),
      );
      const results = row.map(resultOf);
      const merged = batched(results);
      results.forEach((result) => {
        this.#merged.set(result, merged);
      });
      this.nodes.push({
        ...node,
        label: merged.label,
        inputs,
        outputs: { [Object.keys(node.outputs)[0] ?? 'y']: merged },
        attributes:
          node.kernel.name === 'conv2d' ? { ...node.attributes, branches: row.length } : node.attributes,
      });
      results.forEach((result, branch) => {
        const outside = uses.consumers(result).some((consumer) => !inside.has(consumer));
        if (outside || uses.isOutput(result)) this.nodes.push(part(merged, result, branch));
      });
    }
  }

  /** The merged value of corresponding inputs: stacked weights, a merged result, or the batch of outside values. */
  #input(values: readonly Value[]): Value {
    const [first] = values;
    if (!first) throw new Error('a merged node lacks an input');
    const known = this.#merged.get(first);
    if (known) return known;
    const parts = values.flatMap((value) => this.#graph.constants.get(value) ?? []);
    if (parts.length === values.length) {
      const [rows = 1, ...rest] = first.spec.shape;
      const stacked = { label: first.label, spec: { ...first.spec, shape: [rows * values.length, ...rest] } };
      this.constants.set(stacked, { kind: 'stacked', parts });
      return stacked;
    }
    const batch = batched(values);
    const [a, b, c, d] = values;
    const inputs = Object.fromEntries(
      Object.entries({ a, b, c, d }).flatMap(([k, v]) => (v ? [[k, v]] : [])),
    );
    this.nodes.push({
      kind: 'kernel',
      kernel: concat,
      label: `${batch.label}.batch`,
      inputs,
      outputs: { y: batch },
      attributes: { axis: 0 },
    });
    return batch;
  }
}

/** A value for the batch of these, labelled by all of them. */
function batched(values: readonly Value[]): Value {
  const [first] = values;
  if (!first) throw new Error('nothing to merge');
  const [n = 1, ...rest] = first.spec.shape;
  return {
    label: values.map(({ label }) => label).join(' + '),
    spec: { ...first.spec, shape: [n * values.length, ...rest] },
  };
}

/** One branch's share of a merged value, under its old name. */
function part(merged: Value, output: Value, branch: number): ViewNode {
  const { n, h, w } = extentOf(output.spec.shape);
  return {
    kind: 'view',
    label: output.label,
    input: merged,
    output,
    firstPixel: branch * n * h * w,
    block: 1,
  };
}

/**
 * Isomorphic branches (the same nodes over other weights, as the backbones of the regions are) as one branch over a
 * batch, each part of which has its own weights: fewer dispatches, each with more work.
 */
export function mergeBranches(graph: Graph): Graph {
  // One region at a time: what depends on what is another question once a region is merged.
  for (let current = graph; ; ) {
    const region = new BranchFinder(current).region();
    if (!region) return current;
    const merger = new RegionMerger(current);
    merger.merge(region, new Uses(current));
    const gone = new Set<Node>(region.flat());
    const nodes = sortNodes([...current.nodes.filter((node) => !gone.has(node)), ...merger.nodes]);
    current = withNodes(current, nodes, merger.constants);
  }
}
