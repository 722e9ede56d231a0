import { ReadMessage } from './protobuf-reader.js';

export interface ReadNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Integers, text or a real number, by name. */
  readonly attributes: ReadonlyMap<string, readonly number[] | string | number>;
}

export interface ReadTensor {
  readonly shape: readonly number[];
  readonly type: number;
  readonly bytes: Uint8Array;
}

export interface ReadModel {
  readonly irVersion: number;
  readonly opset: number;
  readonly metadata: ReadonlyMap<string, string>;
  readonly nodes: readonly ReadNode[];
  readonly initializers: ReadonlyMap<string, ReadTensor>;
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  readonly outputs: ReadonlyMap<string, readonly number[]>;
}

function attribute(message: ReadMessage): [string, readonly number[] | string | number] {
  const name = message.string(1);
  const [type] = message.integers(20);
  if (type === 1) return [name, message.all(2)[0]?.float ?? Number.NaN];
  if (type === 2) return [name, message.integers(3)];
  return [name, type === 3 ? message.string(4) : message.integers(8)];
}

const port = (info: ReadMessage): [string, readonly number[]] => [
  info.string(1),
  info
    .message(2)
    .message(1)
    .message(2)
    .messages(1)
    .flatMap((dimension) => dimension.integers(1)),
];

/** Reads an ONNX file, as far as the exporter writes it. */
export function readOnnx(bytes: Uint8Array): ReadModel {
  const model = new ReadMessage(bytes);
  const graph = model.message(7);
  return {
    irVersion: model.integers(1)[0] ?? 0,
    opset: model.message(8).integers(2)[0] ?? 0,
    metadata: new Map(model.messages(14).map((entry) => [entry.string(1), entry.string(2)])),
    nodes: graph.messages(1).map((node) => ({
      name: node.string(3),
      operator: node.string(4),
      inputs: node.strings(1),
      outputs: node.strings(2),
      attributes: new Map(node.messages(5).map(attribute)),
    })),
    initializers: new Map(
      graph
        .messages(5)
        .map((tensor) => [
          tensor.string(8),
          { shape: tensor.integers(1), type: tensor.integers(2)[0] ?? 0, bytes: tensor.bytes(9) },
        ]),
    ),
    inputs: new Map(graph.messages(11).map(port)),
    outputs: new Map(graph.messages(12).map(port)),
  };
}

/** What makes a file no network: names that nothing defines, or that two define. */
export function namingFaults({ nodes, initializers, inputs, outputs }: ReadModel): string[] {
  const faults: string[] = [];
  const known = new Set<string>();
  const define = (name: string): void => {
    if (name === '' || known.has(name)) faults.push(`'${name}' is defined twice, or empty`);
    known.add(name);
  };
  for (const name of [...inputs.keys(), ...initializers.keys()]) define(name);
  const nodeNames = new Set<string>();
  for (const node of nodes) {
    if (nodeNames.has(node.name)) faults.push(`two nodes are called '${node.name}'`);
    nodeNames.add(node.name);
    for (const input of node.inputs)
      if (input !== '' && !known.has(input)) faults.push(`${node.name} reads '${input}' before it is there`);
    for (const output of node.outputs) define(output);
  }
  for (const name of outputs.keys()) if (!known.has(name)) faults.push(`nothing makes the output '${name}'`);
  return faults;
}
