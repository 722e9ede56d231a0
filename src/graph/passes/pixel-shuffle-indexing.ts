import { RESIDUALS } from '../../kernels/conv2d/geometry.js';
import type { Constant } from '../constants.js';
import { type Graph, type KernelNode, type Node, resultOf, Uses, type Value, withNodes } from '../graph.js';

/** Whether a node can read `value` while it is stored in blocks. */
function readsBlocks(node: Node, value: Value): boolean {
  if (node.kind === 'view') return false;
  return Object.entries(node.inputs).every(
    ([name, input]) => input !== value || (node.kernel.blocked?.includes(name) ?? false),
  );
}

/**
 * Pixel shuffle as indexing: the convolution before it makes its channels in the order (row, column, channel) of
 * each block, so that a high-resolution pixel's channels lie together, and the consumers find the pixel themselves.
 */
export function pixelShuffleIndexing(graph: Graph): Graph {
  const uses = new Uses(graph);
  const replaced = new Map<Node, Node>();
  const added = new Map<Value, Constant>();
  for (const node of graph.nodes) {
    if (node.kind !== 'kernel' || node.kernel.name !== 'pixel_shuffle' || !node.inputs.x) continue;
    const { x } = node.inputs;
    const shuffled = resultOf(node);
    const conv = uses.producedBy(x, 'conv2d');
    const factor = Number(node.attributes.factor);
    const channels = shuffled.spec.shape[1] ?? 0;
    const applies =
      conv &&
      uses.isPrivate(x) &&
      !uses.isOutput(shuffled) &&
      (conv.attributes.groups ?? 1) === 1 &&
      (conv.attributes.branches ?? 1) === 1 &&
      !RESIDUALS.some((name) => conv.inputs[name]) &&
      channels % 4 === 0 &&
      uses.consumers(shuffled).every((consumer) => readsBlocks(consumer, shuffled));
    if (!applies) continue;

    const blocks = factor * factor;
    const order = Array.from(
      { length: channels * blocks },
      (_, to) => (to % channels) * blocks + Math.floor(to / channels),
    );
    const permuted = (value: Value): Value => {
      const constant = graph.constants.get(value);
      if (!constant) throw new Error(`'${value.label}' is not a constant`);
      const result = { ...value };
      added.set(result, { kind: 'permuted-rows', of: constant, order });
      return result;
    };
    const { weight, bias } = conv.inputs;
    const inputs: KernelNode['inputs'] = {
      ...conv.inputs,
      ...(weight ? { weight: permuted(weight) } : {}),
      ...(bias ? { bias: permuted(bias) } : {}),
    };
    replaced.set(conv, { ...conv, inputs });
    replaced.set(node, {
      kind: 'view',
      label: node.label,
      input: x,
      output: shuffled,
      firstPixel: 0,
      block: factor,
    });
  }
  return withNodes(
    graph,
    graph.nodes.map((node) => replaced.get(node) ?? node),
    added,
  );
}
