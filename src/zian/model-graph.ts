import { type Graph, GraphBuilder, optimize, type PassName } from '../graph/index.js';
import type { SafetensorsFile } from '../weights/index.js';
import type { Architecture } from './architecture.js';
import { checkStateDict } from './check-state-dict.js';
import type { ZianConfig } from './config.js';
import { withFiniteChecks } from './finite-checks.js';
import { Network } from './model/network.js';
import { type ModelDtype, parseModelMetadata } from './model-file.js';

/** A model file's network, ready to be compiled. */
export interface ModelGraph {
  readonly config: ZianConfig;
  readonly architecture: Architecture;
  /** For one image. */
  readonly graph: Graph;
  /** The same for a batch of so many images. */
  batchGraph(images: number): Graph;
}

/**
 * Builds and optimizes the network of a model file.
 * @param name the file's, for messages
 * @throws ZianError (input) when the file is no ZIAN model, or lacks or misshapes a tensor
 */
export function modelGraph(
  file: SafetensorsFile,
  name: string,
  dtype: ModelDtype,
  withoutPasses?: readonly PassName[],
): ModelGraph {
  const { config } = parseModelMetadata(file.metadata, name);
  const shapes = new Map([...file.tensors].map(([tensor, { shape }]) => [tensor, shape]));
  const architecture = checkStateDict(config, shapes, name);
  const batchGraph = (batch: number): Graph => {
    const builder = new GraphBuilder({ weights: shapes, dtype });
    new Network(builder, config, architecture, (_, value) => value, { around: true, batch }).build();
    return withFiniteChecks(optimize(builder.build(), withoutPasses));
  };
  return { config, architecture, graph: batchGraph(1), batchGraph };
}
