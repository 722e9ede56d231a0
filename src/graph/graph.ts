import type { Attributes, Kernel, TensorSpec } from '../kernels/contract.js';
import type { Constant } from './constants.js';

/** A tensor in a graph. Its identity is the object; the label is a path such as `hrnet.stage2.0.branches.1.0.conv2`. */
export interface Value {
  readonly label: string;
  readonly spec: TensorSpec;
}

/** A use of a kernel. */
export interface KernelNode {
  readonly kind: 'kernel';
  readonly kernel: Kernel;
  readonly label: string;
  /** Absent optional inputs are missing keys. */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly attributes: Attributes;
}

/** Another name for (part of) a tensor's storage: nothing is computed or moved. */
export interface ViewNode {
  readonly kind: 'view';
  readonly label: string;
  readonly input: Value;
  readonly output: Value;
  /** Pixels of `input` before the first one of `output`. */
  readonly firstPixel: number;
  /** Pixel-shuffle block of `output` (see `Layout.block`); 1 keeps that of `input`. */
  readonly block: number;
}

/** A step of a graph. */
export type Node = KernelNode | ViewNode;

/** Where a value lies inside another value's storage: what remains of a concatenation that was dropped. */
export interface Slice {
  readonly of: Value;
  readonly firstPixel: number;
  readonly firstVec4: number;
}

/**
 * A network as plain data: nodes in an order in which they can run. Passes make new graphs and leave the old.
 */
export interface Graph {
  readonly nodes: readonly Node[];
  /** What the caller writes before a run, by name. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** What the caller may read after a run, by name. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** Weights and tables. */
  readonly constants: ReadonlyMap<Value, Constant>;
  /** Values written straight into their concatenation. */
  readonly slices: ReadonlyMap<Value, Slice>;
}

/** The values a node reads. */
export const readsOf = (node: Node): readonly Value[] =>
  node.kind === 'view' ? [node.input] : Object.values(node.inputs);

/** The values a node defines. */
export const writesOf = (node: Node): readonly Value[] =>
  node.kind === 'view' ? [node.output] : Object.values(node.outputs);

/** A kernel node's result; throws for kernels with several. */
export function resultOf(node: KernelNode): Value {
  const [value, ...others] = Object.values(node.outputs);
  if (!value || others.length > 0)
    throw new Error(`${node.label} has ${others.length + (value ? 1 : 0)} results`);
  return value;
}

/** Who makes and who reads each value, for passes. */
export class Uses {
  readonly #producers = new Map<Value, Node>();
  readonly #consumers = new Map<Value, Node[]>();
  readonly #outputs: ReadonlySet<Value>;

  constructor(graph: Graph) {
    this.#outputs = new Set(graph.outputs.values());
    for (const node of graph.nodes) {
      for (const value of writesOf(node)) this.#producers.set(value, node);
      for (const value of new Set(readsOf(node))) {
        const consumers = this.#consumers.get(value) ?? [];
        consumers.push(node);
        this.#consumers.set(value, consumers);
      }
    }
  }

  producer(value: Value): Node | undefined {
    return this.#producers.get(value);
  }

  /** The kernel node that makes a value, if it is one of this kernel. */
  producedBy(value: Value, kernel: string): KernelNode | undefined {
    const node = this.#producers.get(value);
    return node?.kind === 'kernel' && node.kernel.name === kernel ? node : undefined;
  }

  consumers(value: Value): readonly Node[] {
    return this.#consumers.get(value) ?? [];
  }

  isOutput(value: Value): boolean {
    return this.#outputs.has(value);
  }

  /** Whether one node alone reads the value, once, and nobody outside of the graph does: then it need not exist. */
  isPrivate(value: Value): boolean {
    const [consumer, ...others] = this.consumers(value);
    if (!consumer || others.length > 0 || this.isOutput(value)) return false;
    return readsOf(consumer).filter((read) => read === value).length === 1;
  }
}

/** The graph with other nodes; constants that nothing reads any more are dropped. */
export function withNodes(
  graph: Graph,
  nodes: readonly Node[],
  added: ReadonlyMap<Value, Constant> = new Map(),
): Graph {
  const read = new Set(nodes.flatMap(readsOf));
  const constants = new Map([...graph.constants, ...added].filter(([value]) => read.has(value)));
  return { ...graph, nodes, constants };
}
