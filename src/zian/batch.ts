import { usageError, ZianError } from '../errors.js';
import { type CompileOptions, checkGraph, type EngineDevice, type Graph } from '../graph/index.js';
import type { ModelGraph } from './model-graph.js';

/** More images at once fill any GPU, and take its memory. */
export const LARGEST_BATCH = 64;

/** @throws ZianError (usage) unless it is a whole number from 1 to 64 */
export function checkedBatch(batch: number): number {
  if (!Number.isInteger(batch) || batch < 1 || batch > LARGEST_BATCH)
    throw usageError(
      `A batch has 1 to ${LARGEST_BATCH} images, but ${batch} were asked for; give a whole number.`,
    );
  return batch;
}

/**
 * The graph for a batch, if a device can run it, but for memory.
 * @throws ZianError (usage) that says how many images it can run at once
 */
export function fittingBatchGraph(
  { graph: single, batchGraph }: ModelGraph,
  batch: number,
  device: EngineDevice,
  chooseVariant: CompileOptions['chooseVariant'],
): Graph {
  const attempt = (images: number): Graph | ZianError => {
    const graph = batchGraph(images);
    try {
      checkGraph(graph, device, { chooseVariant, single });
      return graph;
    } catch (error) {
      if (error instanceof ZianError) return error;
      throw error;
    }
  };
  const wanted = attempt(batch);
  if (!(wanted instanceof ZianError)) return wanted;
  // One image is no batch: what is wrong with that is told when it is compiled.
  let most = 1;
  for (let above = batch; above - most > 1; ) {
    const middle = Math.floor((most + above) / 2);
    if (attempt(middle) instanceof ZianError) above = middle;
    else most = middle;
  }
  throw usageError(
    `A batch of ${batch} images is too large for ${device.report.name}, which can bind at most ${device.report.limits.maxStorageBufferBindingSize} bytes at once; a batch of ${most} fits.`,
    { cause: wanted },
  );
}
