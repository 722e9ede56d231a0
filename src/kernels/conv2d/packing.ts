import type { ConstantRows } from '../contract.js';
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

/** What becomes of one filter, one input channel's share of an output channel: its values go to every `stride`-th place. */
export type WriteFilter = (
  source: Float32Array,
  from: number,
  factor: number,
  out: Float32Array,
  to: number,
  stride: number,
) => void;

/** Scalars that `packWeights` writes. @param points values per filter in the packed order */
export function packedWeights(g: ConvGeometry, vec4sPerThread: number, points: number): number {
  const b = blocking(g, vec4sPerThread);
  return g.branches * b.groups * b.blocksPerGroup * points * b.cin4 * 16 * vec4sPerThread;
}

/**
 * Weights in the order the shader walks: [branch][group and block of output channels][point][input vec4]
 * [output vec4 of the block][input lane], a vec4 over output channels each; the points are the filter's taps or what
 * `write` makes of them.
 */
export function packWeights(
  rows: ConstantRows,
  g: ConvGeometry,
  vec4sPerThread: number,
  points: number,
  write: WriteFilter,
  out: Float32Array,
): void {
  const b = blocking(g, vec4sPerThread);
  const taps = g.kernel[0] * g.kernel[1];
  const cinPerGroup = g.cin / g.groups;
  const coutPerGroup = g.cout / g.groups;
  // In the shader's group: a real one, or all channels where the weight is block-diagonal.
  const outputs = g.cout / b.groups;
  const blocks = g.branches * b.groups * b.blocksPerGroup;
  // All that belongs to a vec4 of inputs is put together here first: written to `out` at once, points often lie a
  // multiple of 4 KiB apart, which caches are bad at.
  const width = 16 * vec4sPerThread;
  const part = new Float32Array(points * width);
  for (let block = 0; block < blocks; block++) {
    const first = (block % b.blocksPerGroup) * 4 * vec4sPerThread;
    const last = Math.min(first + 4 * vec4sPerThread, outputs);
    const firstRow = Math.floor(block / b.blocksPerGroup) * outputs;
    for (let c4 = 0; c4 < b.cin4; c4++) {
      part.fill(0);
      for (let o = first; o < last; o++) {
        const row = firstRow + o;
        const source = rows.sources[row];
        if (!source) throw new Error(`row ${row} of ${rows.sources.length} is wanted`);
        const start = rows.starts[row] ?? 0;
        const factor = rows.factors[row] ?? 1;
        const firstInput = b.groups === 1 ? Math.floor(o / coutPerGroup) * cinPerGroup : 0;
        const place = ((o - first) >> 2) * 16 + ((o - first) & 3);
        for (let lane = 0; lane < 4; lane++) {
          const i = 4 * c4 + lane - firstInput;
          if (i >= 0 && i < cinPerGroup)
            write(source, start + i * taps, factor, part, place + 4 * lane, width);
        }
      }
      for (let point = 0; point < points; point++) {
        const to = ((block * points + point) * b.cin4 + c4) * width;
        for (let k = 0; k < width; k++) out[to + k] = part[point * width + k] ?? 0;
      }
    }
  }
}

/** A filter's taps as they are. */
export const copyTaps =
  (taps: number): WriteFilter =>
  (source, from, factor, out, to, stride) => {
    for (let tap = 0; tap < taps; tap++) out[to + tap * stride] = factor * (source[from + tap] ?? 0);
  };

/** Scalars that `packBias` writes. */
export const packedBias = ({ branches, cout }: ConvGeometry): number => branches * vec4s(cout) * 4;

/** Biases with each branch's channels padded to whole vec4s. */
export function packBias(rows: ConstantRows, { branches, cout }: ConvGeometry, out: Float32Array): void {
  for (let row = 0; row < branches * cout; row++) {
    const at = Math.floor(row / cout) * vec4s(cout) * 4 + (row % cout);
    out[at] = (rows.factors[row] ?? 1) * (rows.sources[row]?.[rows.starts[row] ?? 0] ?? 0);
  }
}

/** Channels computed by blocks of 16 for each one that is wanted, at most. */
const WASTE = 1.4;

/** Whether threads that do 16 output channels each have little to do in vain. */
export function fillsBlocks(g: ConvGeometry): boolean {
  const { cout4, blocksPerGroup } = blocking(g, 4);
  return 4 * blocksPerGroup <= WASTE * cout4;
}
