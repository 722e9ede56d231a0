import { concat } from '../../kernels/concat/concat.js';
import { extentOf } from '../../kernels/layout.js';
import type { Constant } from '../constants.js';
import { type Graph, type Node, resultOf, Uses, type Value, type ViewNode, withNodes } from '../graph.js';
import { sortNodes } from '../sort.js';
import { BranchFinder, type Row } from './branch-finder.js';

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
