import type { KernelNode, Value } from '../../src/graph/index.js';
import type { Attributes } from '../../src/kernels/contract.js';
import type { Constants } from './constants.js';
import type { Emitter } from './emitter.js';
import type { Tensor } from './onnx-model.js';

/** One use of a kernel, to be said in ONNX's operators. */
export interface LoweringCall<A extends Attributes = Attributes> {
  readonly node: KernelNode;
  readonly attributes: A;
  readonly emitter: Emitter;
  readonly constants: Constants;
  /** The operand of that name; throws where there is none. */
  input(name: string): Tensor;
  /** The operand of that name, or undefined. */
  optional(name: string): Tensor | undefined;
  /** The graph's own value of that operand; throws where there is none. */
  value(name: string): Value;
}

/** How a kernel is said in ONNX's operators. */
export interface Lowering<A extends Attributes = Attributes> {
  /** @returns the kernel's outputs by name */
  lower(call: LoweringCall<A>): Readonly<Record<string, Tensor>>;
}

/** Rows and columns first, channels last: [N, C, H, W] → [N, H, W, C]; other ranks are so already. */
export const channelsLast = (emitter: Emitter, x: Tensor): Tensor =>
  x.shape.length === 4 ? emitter.transpose(x, [0, 2, 3, 1]) : x;

/** The reverse of `channelsLast`, for a result of the same rank. */
export const channelsFirst = (emitter: Emitter, x: Tensor, rank: number): Tensor =>
  rank === 4 ? emitter.transpose(x, [0, 3, 1, 2]) : x;

/** [..., parts · C] → [..., parts, C]: chunks of the last axis. */
export function splitLast(emitter: Emitter, x: Tensor, parts: number): Tensor {
  const last = x.shape.at(-1) ?? 0;
  return emitter.reshape(x, [...x.shape.slice(0, -1), parts, last / parts]);
}
