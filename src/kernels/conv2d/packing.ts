import { vec4s } from '../layout.js';
import type { ConvGeometry } from './geometry.js';

/** How channels are split among vec4s and threads. */
export interface Blocking {
  /** Groups as the shader runs them: 1 where a group's channels do not fill whole vec4s (the weight becomes block-diagonal). */
  readonly groups: number;
  readonly cin4: number;
  readonly cout4: number;
  readonly blocksPerGroup: number;
}

/** @param vec4sPerThread output channels of a thread, in vec4s */
export function blocking(g: ConvGeometry, vec4sPerThread: number): Blocking {
  const aligned = (g.cin / g.groups) % 4 === 0 && (g.cout / g.groups) % 4 === 0;
  const groups = aligned ? g.groups : 1;
  const cout4 = vec4s(g.cout / groups);
  return { groups, cin4: vec4s(g.cin / groups), cout4, blocksPerGroup: Math.ceil(cout4 / vec4sPerThread) };
}

/**
 * Weights in the order the shader walks: [branch][group and block of output channels][ky][kx][input vec4]
 * [output vec4 of the block][input lane], a vec4 over output channels each.
 */
export function packWeights(data: Float32Array, g: ConvGeometry, vec4sPerThread: number): Float32Array {
  const { kernel, groups, branches, cout, cin } = g;
  const b = blocking(g, vec4sPerThread);
  const [kh, kw] = kernel;
  const taps = kh * kw;
  const cinPerGroup = cin / groups;
  const coutPerGroup = cout / groups;
  const blockStride = taps * b.cin4 * 16 * vec4sPerThread;
  const tapStride = b.cin4 * 16 * vec4sPerThread;
  const out = new Float32Array(branches * b.groups * b.blocksPerGroup * blockStride);
  let from = 0;
  for (let branch = 0; branch < branches; branch++)
    for (let o = 0; o < cout; o++) {
      const group = Math.floor(o / coutPerGroup);
      // Channel numbers within the shader's group: the real group, or the whole tensor when it is block-diagonal.
      const oo = b.groups === 1 ? o : o % coutPerGroup;
      const firstI = b.groups === 1 ? group * cinPerGroup : 0;
      const outVec4 = oo >> 2;
      const block =
        (branch * b.groups + (b.groups === 1 ? 0 : group)) * b.blocksPerGroup +
        Math.floor(outVec4 / vec4sPerThread);
      const base = block * blockStride + (outVec4 % vec4sPerThread) * 16 + (oo & 3);
      for (let i = firstI; i < firstI + cinPerGroup; i++) {
        const at = base + (i >> 2) * 16 * vec4sPerThread + (i & 3) * 4;
        for (let tap = 0; tap < taps; tap++) out[at + tap * tapStride] = data[from++] ?? 0;
      }
    }
  return out;
}

/** Biases with each branch's channels padded to whole vec4s. */
export function packBias(data: Float32Array, { branches, cout }: ConvGeometry): Float32Array {
  const out = new Float32Array(branches * vec4s(cout) * 4);
  for (let b = 0; b < branches; b++) out.set(data.subarray(b * cout, (b + 1) * cout), b * vec4s(cout) * 4);
  return out;
}

/** Channels computed by blocks of 16 for each one that is wanted, at most. */
const WASTE = 1.4;

/** Whether threads that do 16 output channels each have little to do in vain. */
export function fillsBlocks(g: ConvGeometry): boolean {
  const { cout4, blocksPerGroup } = blocking(g, 4);
  return 4 * blocksPerGroup <= WASTE * cout4;
}
