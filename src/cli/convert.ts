import {
  convertCheckpoint,
  readCheckpoint,
  selectStateDict,
  sha256Source,
  type WeightDtype,
} from '../../tools/convert-weights/index.js';
import { writeFileStreaming } from '../node/atomic-file.js';
import { openFileSource } from '../node/file-source.js';
import { nodeSha256 } from '../node/sha256.js';
import type { Architecture } from '../zian/architecture.js';
import { checkStateDict, isIgnoredTensor } from '../zian/check-state-dict.js';
import type { ZianConfig } from '../zian/config.js';
import { expectedTensors } from '../zian/expected-tensors.js';
import { modelMetadata } from '../zian/model-file.js';
import { refuseOverwriting } from './output-paths.js';

export interface ConvertRequest {
  /** Path of the file that torch.save wrote. */
  readonly checkpoint: string;
  readonly config: ZianConfig;
  readonly dtype: WeightDtype;
  /** Path of the model file. */
  readonly output: string;
  /** zian-webgpu's own version. */
  readonly version: string;
  /** One line for whoever uses the model. */
  readonly notice?: string;
  readonly onProgress?: (done: number, total: number) => void;
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

/**
 * Makes a model file of a PyTorch checkpoint; it appears under its name when it is complete.
 *
 * @throws ZianError: input where the checkpoint is unusable or is not the model that the configuration describes,
 *   with every contradiction and tensor by name; usage where the output cannot be written or is the checkpoint
 */
export async function convertModel(request: ConvertRequest): Promise<Converted> {
  const { config, dtype, output, version, notice, onProgress } = request;
  const source = await openFileSource(request.checkpoint);
  try {
    await refuseOverwriting([output], [request.checkpoint]);
    const checkpoint = await readCheckpoint(source);
    const stateDict = selectStateDict(checkpoint);
    const shapes = new Map([...stateDict.tensors].map(([name, { shape }]) => [name, shape]));
    const architecture = checkStateDict(config, shapes, source.name);
    const plan = [...expectedTensors(architecture)].map(([name, shape]) => ({ name, shape }));
    // Half of the bar for the hash, which has to come first because it goes into the file's header.
    const half = source.size;
    return await writeFileStreaming(output, async (sink) => {
      const sha256 = await sha256Source(source, nodeSha256, (done) => onProgress?.(done, 2 * half));
      const written = await convertCheckpoint(stateDict, {
        dtype,
        plan,
        sink,
        metadata: modelMetadata({
          config,
          dtype,
          checkpointSha256: sha256,
          converterVersion: version,
          ...(notice === undefined ? {} : { notice }),
        }),
        ignore: (name) => isIgnoredTensor(name, architecture),
        onProgress: ({ done, total }) => onProgress?.(half + (half * done) / total, 2 * half),
      });
      return {
        architecture,
        format: checkpoint.format,
        wrapper: stateDict.wrapper,
        tensors: written.tensors,
        parameters: plan
          .filter(({ name }) => !/\.running_(mean|var)$/.test(name))
          .reduce((sum, { shape }) => sum + sizeOf(shape), 0),
        bytes: written.bytes,
        sha256,
      };
    });
  } finally {
    await source.close();
  }
}
