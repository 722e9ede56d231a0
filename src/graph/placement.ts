import type { Operand } from '../kernels/contract.js';
import { denseLayout, extentOf, vec4s } from '../kernels/layout.js';
import { type Graph, type Node, type Value, writesOf } from './graph.js';

/** A value's place: whose storage it lies in, and how. */
export interface Place {
  readonly storage: Value;
  readonly operand: Operand;
}

/** Finds every value's storage and layout, through slices of concatenations and views. */
export class Placement {
  readonly #graph: Graph;
  readonly #producers = new Map<Value, Node>();
  readonly #places = new Map<Value, Place>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) for (const value of writesOf(node)) this.#producers.set(value, node);
  }

  of(value: Value): Place {
    const known = this.#places.get(value);
    if (known) return known;
    const place = this.#find(value);
    this.#places.set(value, place);
    return place;
  }

  #find(value: Value): Place {
    const slice = this.#graph.slices.get(value);
    if (slice) {
      const whole = this.of(slice.of);
      const { offset, stride, block } = whole.operand.layout;
      const layout = { offset: offset + slice.firstPixel * stride + slice.firstVec4, stride, block };
      return { storage: whole.storage, operand: { ...value.spec, layout } };
    }
    const producer = this.#producers.get(value);
    if (producer?.kind !== 'view')
      return { storage: value, operand: { ...value.spec, layout: denseLayout(value.spec.shape) } };
    const source = this.of(producer.input);
    const { offset, stride, block } = source.operand.layout;
    const start = offset + producer.firstPixel * stride;
    if (producer.block === 1)
      return {
        storage: source.storage,
        operand: { ...value.spec, layout: { offset: start, stride, block } },
      };
    // The blocks' pixels lie one after the other only where nothing lies between the low-resolution pixels.
    if (block !== 1 || stride !== vec4s(extentOf(producer.input.spec.shape).c))
      throw new Error(`${value.label}: blocks need a dense tensor below them`);
    const layout = { offset: start, stride: vec4s(extentOf(value.spec.shape).c), block: producer.block };
    return { storage: source.storage, operand: { ...value.spec, layout } };
  }
}
