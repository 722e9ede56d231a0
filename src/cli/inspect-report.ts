import type { CheckpointFormat } from '../../tools/convert-weights/index.js';

export interface InspectedTensor {
  /** Dotted name. */
  readonly name: string;
  /** PyTorch's short name, such as `float32`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of the contiguous little-endian bytes in the tensor's own dtype, in hexadecimal. */
  readonly sha256: string;
}

export type MetadataValue = string | number | boolean | null;

/** What is in a weights file; `zian inspect --json` prints it as it is. */
export interface InspectReport {
  readonly format: 'safetensors' | CheckpointFormat;
  readonly tensors: readonly InspectedTensor[];
  /** A safetensors file's metadata, or a checkpoint's plain scalars by dotted name. */
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** What a checkpoint holds besides, as `dotted.name (kind)`. */
  readonly opaque: readonly string[];
}
