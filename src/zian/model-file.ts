import { inputError } from '../errors.js';
import type { ZianConfig } from './config.js';
import { deserializeConfig, serializeConfig } from './config-json.js';

/** What a model file is, besides its tensors: kept in the safetensors metadata, so that the file says it itself. */
export interface ModelDescription {
  readonly config: ZianConfig;
  /** Element type of the stored weights. */
  readonly dtype: ModelDtype;
  /** Of the checkpoint that the weights come from, in lower-case hexadecimal. */
  readonly checkpointSha256: string;
  /** The version of zian-webgpu that wrote the file. */
  readonly converterVersion: string;
  /** What whoever uses the model must know, such as that it is for demonstration; shown wherever it is loaded. */
  readonly notice?: string;
}

export type ModelDtype = 'f32' | 'f16';

const FORMAT = 'zian';
const FORMAT_VERSION = 1;

/**
 * The metadata of a model file, all of it strings:
 *
 * | key                 | value                                                       |
 * |---------------------|-------------------------------------------------------------|
 * | `format`            | `zian`                                                      |
 * | `format_version`    | `1`; a change that older readers would misread counts it up |
 * | `config`            | the configuration as JSON, see `serializeConfig`            |
 * | `dtype`             | `f32` or `f16`, of every tensor in the file                 |
 * | `checkpoint_sha256` | of the checkpoint, 64 hexadecimal digits                    |
 * | `converter`         | `zian-webgpu VERSION`                                       |
 * | `notice`            | may be absent: one line for whoever uses the model          |
 *
 * Nothing in it depends on time or place, so that the same checkpoint gives the same bytes.
 */
export const modelMetadata = (model: ModelDescription): Record<string, string> => ({
  format: FORMAT,
  format_version: String(FORMAT_VERSION),
  config: serializeConfig(model.config),
  dtype: model.dtype,
  checkpoint_sha256: model.checkpointSha256,
  converter: `zian-webgpu ${model.converterVersion}`,
  ...(model.notice === undefined ? {} : { notice: model.notice }),
});

const CONVERT = 'make a model of a checkpoint with `zian convert`';

const isDtype = (text: string): text is ModelDtype => text === 'f32' || text === 'f16';

/**
 * Reads what `modelMetadata` wrote.
 *
 * @param source the file's name, for messages
 * @throws ZianError (input) where the file is no ZIAN model, is of a newer format, or its description is damaged
 */
export function parseModelMetadata(
  metadata: Readonly<Record<string, string>>,
  source: string,
): ModelDescription {
  const get = (key: string): string => {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    if (value !== undefined) return value;
    throw inputError(`${source}: the model's metadata has no '${key}', so the file is damaged; ${CONVERT}.`);
  };
  if (metadata.format !== FORMAT) {
    throw inputError(
      `${source} is a safetensors file, but no ZIAN model: its metadata has no 'format' of '${FORMAT}'; ${CONVERT}.`,
    );
  }
  const version = get('format_version');
  if (version !== String(FORMAT_VERSION)) {
    throw inputError(
      `${source} is a ZIAN model of format ${version.slice(0, 20)}, but this version of zian-webgpu reads ${FORMAT_VERSION}; update zian-webgpu or convert the checkpoint again.`,
    );
  }
  const dtype = get('dtype');
  if (!isDtype(dtype)) {
    throw inputError(
      `${source}: the model's metadata gives the dtype '${dtype.slice(0, 20)}', but f32 or f16 is needed; ${CONVERT}.`,
    );
  }
  return {
    config: deserializeConfig(get('config'), source),
    dtype,
    checkpointSha256: get('checkpoint_sha256'),
    converterVersion: get('converter').replace(/^zian-webgpu /, ''),
    ...(metadata.notice === undefined ? {} : { notice: metadata.notice }),
  };
}
