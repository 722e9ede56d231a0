import type { WeightDtype } from '../../tools/convert-weights/index.js';
import { type Converted, checkCheckpoint, writeModel } from '../conversion/convert-model.js';
import { writeFileStreaming } from '../node/atomic-file.js';
import { openFileSource } from '../node/file-source.js';
import { nodeSha256 } from '../node/sha256.js';
import type { ZianConfig } from '../zian/config.js';
import { refuseOverwriting } from './output-paths.js';

export type { Converted } from '../conversion/convert-model.js';

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
    const checked = await checkCheckpoint(source, config);
    // Half of the bar for the hash.
    const half = source.size;
    return await writeFileStreaming(output, (sink) =>
      writeModel(
        source,
        checked,
        {
          config,
          dtype,
          version,
          ...(notice === undefined ? {} : { notice }),
          sha256: nodeSha256,
          onProgress: (stage, done, total) =>
            onProgress?.((stage === 'hash' ? 0 : half) + (half * done) / total, 2 * half),
        },
        sink,
      ),
    );
  } finally {
    await source.close();
  }
}
