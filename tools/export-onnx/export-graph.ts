import { inputError } from '../../src/errors.js';
import { type Graph, type KernelNode, readsOf, type Value } from '../../src/graph/graph.js';
import type { ReadWeight } from '../../src/graph/index.js';
import type { DType } from '../../src/kernels/contract.js';
import type { ByteSink } from '../../src/weights/index.js';
import { Constants } from './constants.js';
import { Emitter } from './emitter.js';
import type { LoweringCall } from './lowering.js';
import { makeLowerings } from './lowerings/index.js';
import { type ElementType, encodeModel, type Tensor } from './onnx-model.js';
import { lowerView } from './view.js';

/** What an ONNX model is made of besides the graph. */
export interface ExportOptions {
  /** Name of the network. */
  readonly name: string;
  readonly readWeight: ReadWeight;
  /** Version of zian-webgpu. */
  readonly version: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A network said in ONNX, ready to be written. */
export interface OnnxExport {
  readonly byteLength: number;
  /** Number of ONNX nodes by operator. */
  readonly operators: ReadonlyMap<string, number>;
  /** Writes the file front to back, holding one tensor at a time. */
  write(sink: ByteSink, onProgress?: (bytes: number) => void): Promise<void>;
}

/** Protobuf's limit of one message. */
const MOST_BYTES = 2 ** 31 - 1;

const INPUT_TYPES: Readonly<Record<DType, ElementType | undefined>> = {
  f32: 'float',
  i32: 'int32',
  // ONNX's operators hardly know uint32.
  u32: 'int64',
  f16: undefined,
};

function inputTensor(name: string, { spec }: Value): Tensor {
  const type = INPUT_TYPES[spec.dtype];
  if (!type) throw new Error(`input '${name}' is ${spec.dtype}; build the graph in f32 to export it`);
  return { name, shape: spec.shape, type };
}

/**
 * Says a graph in ONNX's operators (opset 17, float32).
 *
 * Give it the graph as it was built, or after passes that leave plain nodes (`remove-unused`, `fold-batch-norm`,
 * those that fuse sums and activations). Inputs and outputs of type u32 become int64.
 *
 * @throws Error for a graph in half precision, or with what later passes make: merged branches, slices, shuffles as
 * views; ZianError (input) when the file would exceed protobuf's 2 GiB
 */
export function exportOnnx(
  graph: Graph,
  { name, readWeight, version, metadata = {} }: ExportOptions,
): OnnxExport {
  if (graph.slices.size > 0)
    throw new Error(
      'slices of a concatenation have no counterpart in ONNX: leave the pass concat-slices out',
    );
  const emitter = new Emitter();
  const constants = new Constants(emitter, graph.constants, readWeight);
  const lowerings = makeLowerings();
  const inputs = new Map([...graph.inputs].map(([key, value]) => [key, inputTensor(key, value)]));
  const tensors = new Map<Value, Tensor>();
  for (const [key, value] of graph.inputs) {
    const tensor = inputs.get(key);
    if (tensor) tensors.set(value, tensor);
  }
  const tensorOf = (value: Value): Tensor => {
    const tensor = tensors.get(value) ?? (constants.has(value) ? constants.tensor(value) : undefined);
    if (!tensor) throw new Error(`'${value.label}' is read before it is computed`);
    return tensor;
  };

  for (const node of graph.nodes) {
    emitter.enter(node.label);
    for (const { label, spec } of readsOf(node))
      if (spec.dtype === 'f16') throw new Error(`'${label}' is f16; build the graph in f32 to export it`);
    if (node.kind === 'view') {
      tensors.set(node.output, lowerView(emitter, node, tensorOf(node.input)));
      continue;
    }
    const lowering = lowerings.get(node.kernel.name);
    if (!lowering) throw new Error(`${node.label}: the kernel ${node.kernel.name} cannot be said in ONNX`);
    const results = lowering.lower(callOf(node, emitter, constants, tensorOf));
    for (const [key, value] of Object.entries(node.outputs)) {
      const tensor = results[key];
      if (tensor) tensors.set(value, tensor);
    }
  }

  const outputs = outputTensors(graph, emitter, tensorOf);
  const model = { name, producerVersion: version, inputs, outputs, metadata };
  const message = encodeModel({ ...model, nodes: emitter.nodes, initializers: emitter.initializers });
  if (message.byteLength > MOST_BYTES)
    throw inputError(
      `${name} would take ${message.byteLength} bytes as an ONNX file, more than the ${MOST_BYTES} that the format allows.`,
    );
  const operators = new Map<string, number>();
  for (const { operator } of emitter.nodes) operators.set(operator, (operators.get(operator) ?? 0) + 1);
  return {
    byteLength: message.byteLength,
    operators,
    write: (sink, onProgress) => message.write(sink, onProgress),
  };
}

function callOf(
  node: KernelNode,
  emitter: Emitter,
  constants: Constants,
  tensorOf: (value: Value) => Tensor,
): LoweringCall {
  const value = (name: string): Value => {
    const found = node.inputs[name];
    if (!found) throw new Error(`${node.label}: ${node.kernel.name} has no operand '${name}'`);
    return found;
  };
  return {
    node,
    attributes: node.attributes,
    emitter,
    constants,
    value,
    input: (name) => tensorOf(value(name)),
    optional: (name) => (node.inputs[name] ? tensorOf(value(name)) : undefined),
  };
}

/** Tensors by output name: what is already an input, or an output under another name, gets a copy of its own. */
function outputTensors(
  graph: Graph,
  emitter: Emitter,
  tensorOf: (value: Value) => Tensor,
): Map<string, Tensor> {
  const outputs = new Map<string, Tensor>();
  const taken = new Set<Tensor>([...graph.inputs.values()].map(tensorOf));
  for (const [key, value] of graph.outputs) {
    const tensor = tensorOf(value);
    emitter.enter(key);
    const own = taken.has(tensor)
      ? emitter.node('Identity', [tensor], tensor.shape, {}, tensor.type)
      : tensor;
    taken.add(own);
    outputs.set(key, own);
  }
  return outputs;
}
