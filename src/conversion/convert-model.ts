import {
  type Checkpoint,
  convertCheckpoint,
  readCheckpoint,
  type Sha256Factory,
  type StateDict,
  selectStateDict,
  sha256Source,
  type WeightDtype,
} from '../../tools/convert-weights/index.js';
import type { ByteSink, ByteSource } from '../weights/index.js';
import type { Architecture } from '../zian/architecture.js';
import { checkStateDict, isIgnoredTensor } from '../zian/check-state-dict.js';
import type { ZianConfig } from '../zian/config.js';
import { expectedTensors } from '../zian/expected-tensors.js';
import { modelMetadata } from '../zian/model-file.js';

/** How a checkpoint becomes a model file. */
export interface ModelConversion {
  readonly config: ZianConfig;
  readonly dtype: WeightDtype;
  /** zian-webgpu's own version. */
  readonly version: string;
  /** One line for whoever uses the model. */
  readonly notice?: string;
  /** The platform's own SHA-256 where it has an incremental one. */
  readonly sha256?: Sha256Factory;
  /** `hash` comes first and counts the file's bytes, `convert` the tensors'. */
  readonly onProgress?: (stage: 'hash' | 'convert', done: number, total: number) => void;
}

export interface Converted {
  readonly architecture: Architecture;
  readonly format: string;
  /** The key of the checkpoint that held the state dict, or null. */
  readonly wrapper: string | null;
  readonly tensors: number;
  /** Trainable values: without batch norm's running statistics. */
  readonly parameters: number;
  /** Of the model file. */
  readonly bytes: number;
  readonly sha256: string;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Values that training changes: without batch norm's running statistics. */
export const countParameters = (shapes: ReadonlyMap<string, readonly number[]>): number =>
  [...shapes]
    .filter(([name]) => !/\.running_(mean|var)$/.test(name))
    .reduce((sum, [, shape]) => sum + sizeOf(shape), 0);

export const shapesOf = ({ tensors }: StateDict): Map<string, readonly number[]> =>
  new Map([...tensors].map(([name, { shape }]) => [name, shape]));

/** A checkpoint that was found to hold the model that a configuration describes. */
export interface CheckedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly stateDict: StateDict;
  readonly architecture: Architecture;
}

/**
 * Reads a checkpoint's directory and holds its tensors against the configuration. Nothing in it is executed.
 *
 * @throws ZianError (input) where the checkpoint is unusable or is not the model that the configuration describes, with
 *   every contradiction and tensor by name
 */
export async function checkCheckpoint(source: ByteSource, config: ZianConfig): Promise<CheckedCheckpoint> {
  const checkpoint = await readCheckpoint(source);
  const stateDict = selectStateDict(checkpoint);
  return { checkpoint, stateDict, architecture: checkStateDict(config, shapesOf(stateDict), source.name) };
}

/**
 * Writes a checked checkpoint as a model file.
 * @param source the file that was checked
 * @throws ZianError (input) for a value that is NaN, infinite or out of range, naming the tensor
 */
export async function writeModel(
  source: ByteSource,
  { checkpoint, stateDict, architecture }: CheckedCheckpoint,
  { config, dtype, version, notice, sha256: factory, onProgress }: ModelConversion,
  sink: ByteSink,
): Promise<Converted> {
  const expected = expectedTensors(architecture);
  // The hash comes first because it goes into the file's header.
  const sha256 = await sha256Source(source, factory, (done, total) => onProgress?.('hash', done, total));
  const written = await convertCheckpoint(stateDict, {
    dtype,
    plan: [...expected].map(([name, shape]) => ({ name, shape })),
    sink,
    metadata: modelMetadata({
      config,
      dtype,
      checkpointSha256: sha256,
      converterVersion: version,
      ...(notice === undefined ? {} : { notice }),
    }),
    ignore: (name) => isIgnoredTensor(name, architecture),
    onProgress: ({ done, total }) => onProgress?.('convert', done, total),
  });
  return {
    architecture,
    format: checkpoint.format,
    wrapper: stateDict.wrapper,
    tensors: written.tensors,
    parameters: countParameters(expected),
    bytes: written.bytes,
    sha256,
  };
}
