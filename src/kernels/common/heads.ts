import type { Call, TensorSpec } from '../contract.js';
import { f32Bits } from './f32-bits.js';
import { formatShape, operand } from './operand.js';

export type HeadAttributes = {
  /** The channels of q, k and v are this many heads of equal size, one after the other. */
  readonly heads: number;
  /** Score = scale · q·k. */
  readonly scale: number;
};

export interface Tokens {
  readonly n: number;
  /** Whether all images of k's batch have the same queries. */
  readonly shared: boolean;
  readonly queries: number;
  readonly keys: number;
  /** Channels of a head of q and k. */
  readonly size: number;
}

/** The extents of q [N or 1, Tq, heads · D] and k [N, Tk, heads · D]; throws and names both shapes when they do not fit. */
export function headedTokens(
  inputs: Readonly<Record<string, Pick<TensorSpec, 'shape'>>>,
  { heads }: HeadAttributes,
  kernel: string,
): Tokens {
  const q = operand(inputs, 'q', kernel).shape;
  const k = operand(inputs, 'k', kernel).shape;
  const [qn = 0, queries = 0, channels = 0] = q;
  const [n = 0, keys = 0, kChannels] = k;
  const fit = q.length === 3 && k.length === 3 && (qn === n || qn === 1) && channels === kChannels;
  if (!fit || !Number.isInteger(heads) || heads < 1 || channels % heads !== 0)
    throw new Error(
      `${kernel}: q ${formatShape(q)} and k ${formatShape(k)} do not fit: expected [N or 1, Tq, C] and [N, Tk, C] with C a multiple of ${heads} heads`,
    );
  return { n, shared: qn !== n, queries, keys, size: channels / heads };
}

/** Parameters of shaders that include scores.wgsl. */
export function headParameters(
  { inputs, attributes }: Call<HeadAttributes>,
  kernel: string,
): Record<string, number> {
  const { queries, shared, keys, size } = headedTokens(inputs, attributes, kernel);
  const q = operand(inputs, 'q', kernel).layout;
  const k = operand(inputs, 'k', kernel).layout;
  return {
    size,
    scale: f32Bits(attributes.scale),
    queries,
    // From an image's first query to the next image's.
    image_queries: shared ? 0 : queries,
    q_offset: q.offset,
    q_stride: q.stride,
    keys,
    k_offset: k.offset,
    k_stride: k.stride,
  };
}
