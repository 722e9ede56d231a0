import { elementCount } from '../../src/kernels/layout.js';
import { Message } from './protobuf.js';

/**
 * ONNX's messages (onnx/onnx.proto of ONNX 1.12: IR version 8, opset 17), as far as they are needed here. Numbers in
 * the encoders are the fields' numbers there.
 */

const IR_VERSION = 8;
/** LayerNormalization came with 17, GridSample with 16. */
export const OPSET = 17;

export type ElementType = 'float' | 'int64' | 'int32' | 'bool';
const ELEMENT_TYPES: Readonly<Record<ElementType, number>> = { float: 1, int32: 6, int64: 7, bool: 9 };
const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = { float: 4, int32: 4, int64: 8, bool: 1 };

const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTS = 7;

/** A real number is said explicitly: in JavaScript 1.0 is an integer. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

/** A tensor of the network: its identity is the object, its name is given when the model is encoded. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
}

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Undefined for an optional input that is left out before one that is there. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A tensor known beforehand; its elements, little-endian in C order, are made while the model is written. */
export interface Initializer {
  readonly tensor: Tensor;
  readonly bytes: () => Promise<Uint8Array>;
}

export interface OnnxModel {
  readonly name: string;
  /** Version of zian-webgpu. */
  readonly producerVersion: string;
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly metadata: Readonly<Record<string, string>>;
}

function attribute(name: string, value: OnnxAttribute): Message {
  const message = new Message().string(1, name);
  if (typeof value === 'number') return message.integer(3, value).integer(20, ATTRIBUTE_INT);
  if (typeof value === 'string') return message.string(4, value).integer(20, ATTRIBUTE_STRING);
  if ('float' in value) return message.float(2, value.float).integer(20, ATTRIBUTE_FLOAT);
  for (const item of value) message.integer(8, item);
  return message.integer(20, ATTRIBUTE_INTS);
}

function node(
  { name, operator, inputs, outputs, attributes }: OnnxNode,
  nameOf: (tensor: Tensor) => string,
): Message {
  const message = new Message();
  for (const input of inputs) message.string(1, input ? nameOf(input) : '');
  for (const output of outputs) message.string(2, nameOf(output));
  message.string(3, name).string(4, operator);
  for (const [key, value] of Object.entries(attributes)) message.message(5, attribute(key, value));
  return message;
}

function initializer({ tensor, bytes }: Initializer, name: string): Message {
  const { shape, type } = tensor;
  const message = new Message();
  for (const size of shape) message.integer(1, size);
  return message
    .integer(2, ELEMENT_TYPES[type])
    .string(8, name)
    .deferred(9, elementCount(shape) * ELEMENT_BYTES[type], bytes);
}

function valueInfo(name: string, { shape, type }: Tensor): Message {
  const dimensions = new Message();
  for (const size of shape) dimensions.message(1, new Message().integer(1, size));
  const tensorType = new Message().integer(1, ELEMENT_TYPES[type]).message(2, dimensions);
  return new Message().string(1, name).message(2, new Message().message(1, tensorType));
}

/** Inputs and outputs under their own names, everything else under names that none of these has. */
function naming({ inputs, outputs }: OnnxModel): (tensor: Tensor) => string {
  const names = new Map<Tensor, string>();
  const taken = new Set<string>([...inputs.keys(), ...outputs.keys()]);
  for (const [name, tensor] of [...inputs, ...outputs]) names.set(tensor, name);
  return (tensor) => {
    let name = names.get(tensor);
    if (name === undefined) {
      name = tensor.name;
      for (let n = 2; taken.has(name); n++) name = `${tensor.name}_${n}`;
      taken.add(name);
      names.set(tensor, name);
    }
    return name;
  };
}

/** The model as a protobuf message. */
export function encodeModel(model: OnnxModel): Message {
  const nameOf = naming(model);
  const graph = new Message();
  for (const each of model.nodes) graph.message(1, node(each, nameOf));
  graph.string(2, model.name);
  for (const each of model.initializers) graph.message(5, initializer(each, nameOf(each.tensor)));
  for (const [name, tensor] of model.inputs) graph.message(11, valueInfo(name, tensor));
  for (const [name, tensor] of model.outputs) graph.message(12, valueInfo(name, tensor));

  const message = new Message()
    .integer(1, IR_VERSION)
    .string(2, 'zian-webgpu')
    .string(3, model.producerVersion)
    .message(7, graph)
    .message(8, new Message().string(1, '').integer(2, OPSET));
  for (const [key, value] of Object.entries(model.metadata))
    message.message(14, new Message().string(1, key).string(2, value));
  return message;
}
