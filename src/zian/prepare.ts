import { deviceError } from '../errors.js';
import {
  type CompileProgress,
  type EngineDevice,
  Executable,
  type Graph,
  type KernelNode,
  PipelineCache,
} from '../graph/index.js';
import type { Tuner } from '../tuning/index.js';
import { type ByteSource, openSafetensors, readAhead, type SafetensorsFile } from '../weights/index.js';
import { fittingBatchGraph } from './batch.js';
import { finiteWeights } from './finite-weights.js';
import type { ForwardModel } from './forward.js';
import type { ModelParts } from './instrumented.js';
import type { ModelGraph } from './model-graph.js';
import { ImageReader } from './picture/reader.js';

/** A model file that is open, with its network: all that has nothing to do with a device. */
export interface OpenNetwork extends ModelGraph {
  /** Images of a run, at most. */
  readonly batch: number;
  /** The file's name, for messages. */
  readonly name: string;
  readonly dtype: 'f32' | 'f16';
  readonly file: SafetensorsFile;
  readonly source: ByteSource;
}

/** A model made ready on a device. */
export interface LoadedZian extends ForwardModel, ModelParts {
  readonly reader: ImageReader;
  readonly graph: Graph;
}

/** How a model is made ready. */
export interface PrepareOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((
        progress:
          | CompileProgress
          | { readonly stage: 'tuning'; readonly done: number; readonly total: number },
      ) => void)
    | undefined;
  readonly tuning?: ((device: EngineDevice) => Promise<Tuner | undefined>) | undefined;
  /** See `CompileOptions`. */
  readonly submitBudgetMilliseconds?: number | undefined;
  /** The variants of the nodes of the network's graph for one image on an earlier device: then nothing is measured, and results are the same bits. */
  readonly variants?: ReadonlyMap<KernelNode, string> | undefined;
}

/**
 * Makes a network ready on a device, which stays the caller's.
 * @throws ZianError (device) where it cannot run the model, (input) where a weight is not finite; `signal.reason`
 */
export async function prepareNetwork(
  network: OpenNetwork,
  device: EngineDevice,
  { signal, onProgress, tuning, variants, submitBudgetMilliseconds }: PrepareOptions,
): Promise<LoadedZian> {
  const { config, architecture, batch, name, dtype, file, source } = network;
  if (dtype === 'f16' && !device.has('shader-f16'))
    throw deviceError(
      `The adapter '${device.report.name}' has no half-precision arithmetic (shader-f16); compute in f32, or choose another adapter (see \`zian doctor\`).`,
    );
  const pipelines = PipelineCache.of(device.gpu);
  const tuner = variants ? undefined : await tuning?.(device);
  // For one image, also where they come in batches: the same kernels, so that results are the same bits.
  await tuner?.prepare(network.graph, device, {
    pipelines,
    signal,
    onProgress: (done, total) => onProgress?.({ stage: 'tuning', done, total }),
  });
  const chooseVariant = variants ? (node: KernelNode) => variants.get(node) : tuner?.chooseVariant;
  const graph = batch === 1 ? network.graph : fittingBatchGraph(network, batch, device, chooseVariant);
  // For this once: the blocks that are read ahead would otherwise stay in memory.
  const weights = await openSafetensors(readAhead(source));
  const executable = await Executable.compile(graph, device, {
    chooseVariant,
    ...(batch === 1 ? {} : { single: network.graph }),
    readWeight: finiteWeights(weights, name),
    pipelines,
    signal,
    submitBudgetMilliseconds,
    ...(onProgress ? { onProgress } : {}),
  });
  const reader = new ImageReader(device, config);
  return { config, architecture, batch, name, dtype, file, device, pipelines, executable, reader, graph };
}
