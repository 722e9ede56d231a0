import { type Conv2dAttributes, geometry } from '../../kernels/conv2d/geometry.js';
import { elementCount } from '../../kernels/layout.js';
import type { Constant } from '../constants.js';
import { type Graph, type KernelNode, resultOf, Uses, type Value, withNodes } from '../graph.js';

/** A convolution that only scales and shifts each channel: what a batch norm is. */
function isAffine({ kernel, inputs, attributes }: KernelNode): boolean {
  const { weight, bias, r0, r1, r2 } = inputs;
  if (kernel.name !== 'conv2d' || !weight || !bias || r0 || r1 || r2) return false;
  const [rows = 0, ...others] = weight.spec.shape;
  const { groups, branches, stride, padding } = geometry(
    Object.fromEntries(Object.entries(inputs).map(([name, { spec }]) => [name, spec])),
    attributes,
  );
  const still = [...stride, ...padding].join() === '1,1,0,0';
  return groups === rows && elementCount(others) === 1 && branches === 1 && still;
}

/** Nothing follows the convolution yet that a scale could not pass through. */
function isBare({ inputs, attributes }: KernelNode): boolean {
  const { activation = 'none', branches = 1 }: Conv2dAttributes = attributes;
  return activation === 'none' && branches === 1 && !inputs.r0 && !inputs.r1 && !inputs.r2;
}

/** Batch norm (an affine 1 × 1 convolution) into the weights and bias of the convolution before it. */
export function foldBatchNorm(graph: Graph): Graph {
  const uses = new Uses(graph);
  const folded = new Map<KernelNode, KernelNode>();
  const gone = new Set<KernelNode>();
  const added = new Map<Value, Constant>();
  const constantOf = (value: Value): Constant => {
    const constant = added.get(value) ?? graph.constants.get(value);
    if (!constant) throw new Error(`'${value.label}' is not a constant`);
    return constant;
  };

  for (const node of graph.nodes) {
    if (node.kind !== 'kernel' || !isAffine(node)) continue;
    const { x, weight: scale, bias: shift } = node.inputs;
    if (!x || !scale || !shift) continue;
    const before = uses.producedBy(x, 'conv2d');
    if (!before || !uses.isPrivate(x)) continue;
    // The convolution before it may itself have taken in one.
    const conv = folded.get(before) ?? before;
    const { weight, bias } = conv.inputs;
    if (!weight || !isBare(conv)) continue;
    const factors = constantOf(scale);
    const newWeight = { ...weight };
    added.set(newWeight, { kind: 'scaled-rows', of: constantOf(weight), factors });
    let newBias = shift;
    if (bias) {
      newBias = { ...bias };
      added.set(newBias, { kind: 'affine', of: constantOf(bias), factors, summand: constantOf(shift) });
    }
    gone.add(before);
    folded.set(node, {
      ...conv,
      inputs: { ...conv.inputs, weight: newWeight, bias: newBias },
      outputs: { y: resultOf(node) },
      attributes: { ...conv.attributes, activation: node.attributes.activation },
    });
  }
  const kept = graph.nodes.filter((node) => node.kind !== 'kernel' || !gone.has(node));
  const nodes = kept.map((node) => (node.kind === 'kernel' ? (folded.get(node) ?? node) : node));
  return withNodes(graph, nodes, added);
}
