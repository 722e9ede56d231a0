import type { Executable } from '../graph/index.js';
import type { ZianConfig } from './config.js';
import type { ImageSize } from './coordinates.js';
import { sourceCapacity } from './model/network.js';
import { type AxisTaps, normalizeTable } from './preprocess-tables.js';

/** The pixels of an image that the preprocessing reads, as it reads them. */
export interface SourcePixels {
  /** Of the whole image. */
  readonly size: ImageSize;
  /** RGBA bytes, row by row: `columns` times `rows` of them, on the host or in a buffer with the usage COPY_SRC. */
  readonly pixels: Uint8Array | GPUBuffer;
  readonly columns: number;
  readonly rows: number;
  readonly horizontal: AxisTaps;
  readonly vertical: AxisTaps;
  /** Frees what lies on the device. */
  destroy(): void;
}

/** Taps as the preprocessing kernel reads them: lower and upper index, their weights. */
function interleave({ lower, upper, lowerWeight, upperWeight }: AxisTaps): Int32Array {
  const table = new Int32Array(4 * lower.length);
  lower.forEach((_, i) => {
    table.set([lower[i] ?? 0, upper[i] ?? 0, lowerWeight[i] ?? 0, upperWeight[i] ?? 0], 4 * i);
  });
  return table;
}

/**
 * Writes an image, its resize tables and the normalisation into a graph's preprocessing inputs.
 * @param place in the graph's batch
 */
export function writeSource(
  executable: Executable,
  source: SourcePixels,
  config: ZianConfig,
  mirror: boolean,
  place = 0,
): void {
  const { pixels, columns, rows } = source;
  const first = 4 * sourceCapacity(config) * place;
  if (pixels instanceof Uint8Array) executable.write('image', pixels, first);
  else executable.copy('image', pixels, 4 * columns * rows, first);
  const across = interleave(source.horizontal);
  executable.write('columns', across, across.byteLength * place);
  const down = interleave(source.vertical);
  executable.write('rows', down, down.byteLength * place);
  executable.write('table', normalizeTable(config.mean, config.std));
  executable.write('params', Uint32Array.of(columns, 0, mirror ? 1 : 0, 0), 16 * place);
}
