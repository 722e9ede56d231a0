import { inputError } from '../../src/errors.js';
import { type Graph, GraphBuilder, Module } from '../../src/graph/index.js';
import type { SafetensorsFile } from '../../src/weights/index.js';
import { type Architecture, backbonesOf, type HrnetArchitecture } from '../../src/zian/architecture.js';
import { checkStateDict } from '../../src/zian/check-state-dict.js';
import type { ZianConfig } from '../../src/zian/config.js';
import { hrnet } from '../../src/zian/model/hrnet.js';
import { Network } from '../../src/zian/model/network.js';
import { parseModelMetadata } from '../../src/zian/model-file.js';
import { startAt } from './start-at.js';

/** What a model file holds. */
export interface DescribedModel {
  readonly config: ZianConfig;
  readonly architecture: Architecture;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * Reads a model file's configuration, and the architecture off its tensors.
 * @throws ZianError (input) when the file is no ZIAN model, or its tensors are not those of its configuration
 */
export function describeModel(file: SafetensorsFile): DescribedModel {
  const { config } = parseModelMetadata(file.metadata, file.name);
  const shapes = new Map([...file.tensors].map(([name, { shape }]) => [name, shape]));
  return { config, architecture: checkStateDict(config, shapes, file.name), shapes };
}

/**
 * The whole network from the normalised picture on: `input` [1, 3, height, width] (blue, green, red) to the heat maps
 * and their peaks (see `Network.build`).
 */
export function modelGraph({ config, architecture, shapes }: DescribedModel): Graph {
  const builder = new GraphBuilder({ weights: shapes });
  new Network(builder, config, architecture, (_, value) => value).build();
  return startAt(builder.build(), 'input');
}

/**
 * One HRNet: `input` [1, 3, height, width], multiples of 32, to `features` [1, C, height / 4, width / 4].
 * @param name the module that it is in the model: `hrnet`, `hrnet_roi`, …
 */
export function backboneGraph(
  shapes: ReadonlyMap<string, readonly number[]>,
  name: string,
  architecture: HrnetArchitecture,
  [height, width]: readonly [number, number],
): Graph {
  const builder = new GraphBuilder({ weights: shapes });
  const input = builder.input('input', [1, 3, height, width]);
  const features = hrnet(new Module(builder).child(name), input, architecture, (_, value) => value);
  builder.output('features', features);
  return builder.build();
}

/**
 * One backbone of a model at the size that the model gives it.
 * @throws ZianError (input) when the model has no backbone of that name
 */
export function modelBackboneGraph({ config, architecture, shapes }: DescribedModel, name: string): Graph {
  const known = backbonesOf(architecture.rois);
  if (!known.includes(name))
    throw inputError(`The model has no backbone '${name}'; it has ${known.join(', ')}.`);
  const [width, height] = config.cropSize;
  const side = 2 * config.regionRadius;
  const size: readonly [number, number] =
    name === 'hrnet' ? [height / config.dsFactor, width / config.dsFactor] : [side, side];
  return backboneGraph(shapes, name, architecture.hrnet, size);
}
