import { workgroupFor } from '../common/grid.js';
import { type HeadAttributes, headedTokens } from '../common/heads.js';
import { ENOUGH_THREADS, keyChunks } from '../common/key-chunks.js';
import { operand } from '../common/operand.js';
import type { Call, KernelLimits } from '../contract.js';
import { extentOf, vec4s } from '../layout.js';

/** How the work of one attention is shared out: to threads that do 4 queries and a block of vec4s of y each. */
export interface Share {
  readonly n: number;
  /** Threads of a workgroup: 16 or 64. */
  readonly workgroup: number;
  readonly queryGroups: number;
  /** Heads share vec4s, or the last step has fewer than 4 keys: the shader's slower path, for any shape. */
  readonly masked: boolean;
  /** Vec4s of y that belong together: a head's, or all where heads share vec4s. */
  readonly span: number;
  /** Vec4s per thread. */
  readonly block: number;
  /** Number of blocks in a token of y. */
  readonly blocks: number;
}

/** What a chunk of keys leaves behind. */
export interface Chunks {
  readonly keysPerChunk: number;
  readonly chunks: number;
  /** Vec4s per chunk, token and head: maximum and sum, and the values. */
  readonly partialStride: number;
  /** Vec4s per chunk. */
  readonly chunkStride: number;
  readonly scratchBytes: number;
}

/** Each block repeats the scores; larger ones are compiled for seconds on lavapipe. */
const LARGEST_BLOCK = 6;
/** The only one of the path for any shape, so that there is only one pipeline. */
const MASKED_BLOCK = 3;
/** WebGPU's default limit of a binding, which scratch must not exceed on any device. */
const LARGEST_SCRATCH = 128 * 1024 * 1024;

export function shareOf({ inputs, attributes }: Call<HeadAttributes>): Share {
  const { n, queries, keys, size } = headedTokens(inputs, attributes, 'attention');
  const { c } = extentOf(operand(inputs, 'v', 'attention').shape);
  const outSize = c / attributes.heads;
  const masked = (attributes.heads > 1 && size % 4 !== 0) || outSize % 4 !== 0 || keys % 4 !== 0;
  const span = outSize % 4 === 0 ? outSize / 4 : vec4s(c);
  const perSpan = Math.ceil(span / (masked ? MASKED_BLOCK : LARGEST_BLOCK));
  const workgroup = workgroupFor(Math.ceil(queries / 4));
  return {
    n,
    workgroup,
    queryGroups: Math.ceil(queries / (4 * workgroup)),
    masked,
    span,
    block: masked ? MASKED_BLOCK : Math.ceil(span / perSpan),
    blocks: (vec4s(c) / span) * perSpan,
  };
}

/** Whose keys are shared out: those of a batch as one image's, since the order of sums follows from it. */
const sharedAs = (call: Call<HeadAttributes>): Call<HeadAttributes> => call.single ?? call;

/** Threads of the attention if no keys are shared out. */
function threadsOf(call: Call<HeadAttributes>): number {
  const { queries } = headedTokens(call.inputs, call.attributes, 'attention');
  const { n, blocks } = shareOf(call);
  return n * Math.ceil(queries / 4) * blocks;
}

export function chunksOf(call: Call<HeadAttributes>, limits: KernelLimits): Chunks {
  const { n, queries, keys } = headedTokens(call.inputs, call.attributes, 'attention');
  const { heads } = call.attributes;
  const size = extentOf(operand(call.inputs, 'v', 'attention').shape).c / heads;
  // A head that begins within a vec4 may reach into one more.
  const partialStride = 1 + vec4s(size) + (size % 4 === 0 ? 0 : 1);
  const bytesPerImage = 16 * queries * heads * partialStride;
  const chunkStride = n * queries * heads * partialStride;
  const single = sharedAs(call);
  const images = shareOf(single).n;
  const largest = Math.min(LARGEST_SCRATCH, limits.maxStorageBufferBindingSize);
  const most = Math.min(
    Math.floor(largest / (images * bytesPerImage)),
    Math.floor(limits.maxComputeWorkgroupsPerDimension / images),
  );
  const { keysPerChunk, chunks } = keyChunks(keys, threadsOf(single), most);
  return { keysPerChunk, chunks, partialStride, chunkStride, scratchBytes: chunks * n * bytesPerImage };
}

/** Splitting is for calls of too few threads, and must find room for its partial results. */
export function splitFits(call: Call<HeadAttributes>, limits: KernelLimits): boolean {
  const { scratchBytes, chunks } = chunksOf(call, limits);
  return (
    threadsOf(sharedAs(call)) < ENOUGH_THREADS &&
    chunks * shareOf(call).n <= limits.maxComputeWorkgroupsPerDimension &&
    scratchBytes <= Math.min(LARGEST_SCRATCH, limits.maxStorageBufferBindingSize)
  );
}
