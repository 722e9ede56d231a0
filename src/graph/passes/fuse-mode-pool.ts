import { extentOf } from '../../kernels/layout.js';
import type { SumAttributes } from '../../kernels/sum/sum.js';
import { type Graph, type KernelNode, type Node, resultOf, Uses, type Value, withNodes } from '../graph.js';

/** What a node takes in, and the nodes that need not be any more. */
interface Fused {
  readonly node: KernelNode;
  readonly absorbed: readonly Node[];
}

/** The node of this kernel that makes a value for one reader alone. */
function privateProducer(uses: Uses, value: Value | undefined, kernel: string): KernelNode | undefined {
  return value && uses.isPrivate(value) ? uses.producedBy(value, kernel) : undefined;
}

/** A mode pooling with the layer normalisation of its modes taken in. */
function withNorm(pool: KernelNode, uses: Uses): Fused {
  const norm = privateProducer(uses, pool.inputs.x, 'layer_norm');
  const { x, weight, bias } = norm?.inputs ?? {};
  if (!norm || !x || !weight || !bias || pool.inputs.norm_weight) return { node: pool, absorbed: [] };
  const { groups, eps } = norm.attributes;
  if (groups !== pool.attributes.modes || x.spec.shape.length !== 3) return { node: pool, absorbed: [] };
  return {
    node: {
      ...pool,
      inputs: { ...pool.inputs, x, norm_weight: weight, norm_bias: bias },
      attributes: { ...pool.attributes, eps },
    },
    absorbed: [norm],
  };
}

/** A sum of two as mode pooling with a residual, where one of them is its tokens as an image, transposed. */
function asResidual(sum: KernelNode, uses: Uses): Fused | undefined {
  const { factors, activation = 'none' }: Partial<SumAttributes> = sum.attributes;
  const { a, b } = sum.inputs;
  if (!a || !b || factors?.join() !== '1,1' || activation !== 'none') return undefined;
  for (const [value, residual] of [
    [a, b],
    [b, a],
  ] as const) {
    const transposed = privateProducer(uses, value, 'transpose_hw');
    const image = transposed?.inputs.x;
    const view = image && uses.isPrivate(image) ? uses.producer(image) : undefined;
    if (!transposed || view?.kind !== 'view') continue;
    const pool = privateProducer(uses, view.input, 'mode_pool');
    if (!pool || pool.inputs.residual || view.firstPixel !== 0 || view.block !== 1) continue;
    const [from, to] = [extentOf(view.input.spec.shape), extentOf(image?.spec.shape ?? [])];
    if (from.n !== to.n || from.c !== to.c) continue;
    return {
      node: {
        ...pool,
        inputs: { ...pool.inputs, residual },
        outputs: { y: resultOf(sum) },
      },
      absorbed: [transposed, view, pool],
    };
  }
  return undefined;
}

/** Layer normalisation of modes, and the sum with the transposed image of tokens, into the mode pooling between them. */
export function fuseModePool(graph: Graph): Graph {
  const uses = new Uses(graph);
  const gone = new Set<Node>();
  const replaced = new Map<Node, KernelNode>();
  // Last to first: a sum takes its mode pooling, which is not looked at again.
  for (const node of [...graph.nodes].reverse()) {
    if (node.kind !== 'kernel' || gone.has(node)) continue;
    const added = node.kernel.name === 'sum' ? asResidual(node, uses) : undefined;
    if (!added && node.kernel.name !== 'mode_pool') continue;
    const { node: fused, absorbed } = withNorm(added?.node ?? node, uses);
    for (const each of [...(added?.absorbed ?? []), ...absorbed]) gone.add(each);
    if (fused !== node) replaced.set(node, fused);
  }
  return withNodes(
    graph,
    graph.nodes.filter((node) => !gone.has(node)).map((node) => replaced.get(node) ?? node),
  );
}
