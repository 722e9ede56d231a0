import type { CompileProgress, EngineDevice } from '../../src/graph/index.js';
import { blobSource } from '../../src/weights/index.js';
import { regionLabels } from '../../src/zian/describe.js';
import { parseModelMetadata } from '../../src/zian/model-file.js';
import { Zian } from '../../src/zian/zian.js';
import { bundledModel } from '../shared/catalog.js';
import type { ModelSource, ModelSummary } from '../shared/messages.js';
import type { CallContext } from './calls.js';
import { download } from './download.js';

/** A model's file. */
interface ModelFile {
  readonly name: string;
  readonly blob: Blob;
}

async function openModelFile(source: ModelSource, context: CallContext): Promise<ModelFile> {
  if (source.kind === 'file') return source;
  const { path, bytes } = bundledModel(source.task);
  return { name: `${source.task}.safetensors`, blob: await download(path, bytes, context) };
}

/**
 * Fetches or opens a model, and makes it ready on the device.
 * @throws ZianError: input where it is no usable model, device where the device cannot run it
 */
export async function loadModel(
  source: ModelSource,
  device: EngineDevice,
  context: CallContext,
): Promise<{ readonly zian: Zian; readonly summary: ModelSummary }> {
  const started = performance.now();
  const { name, blob } = await openModelFile(source, context);
  const zian = await Zian.load({
    model: blobSource(name, blob),
    device,
    onProgress: ({ stage, done, total }: CompileProgress) =>
      context.progress({ stage, done, total, unit: 'count' }),
  });
  return { zian, summary: summarize(zian, name, blob.size, performance.now() - started) };
}

function summarize(zian: Zian, name: string, bytes: number, milliseconds: number): ModelSummary {
  const { config, architecture, metadata } = zian;
  const { notice, checkpointSha256 } = parseModelMetadata(metadata, name);
  const { selfAttention } = architecture;
  return {
    name,
    bytes,
    config,
    ...(notice === undefined ? {} : { notice }),
    checkpointSha256,
    regionLabels: regionLabels(config),
    attention: selfAttention && {
      side: 2 * config.regionRadius,
      modes: selfAttention.modes,
      attractors: selfAttention.attractors,
    },
    dispatches: zian.dispatchCount,
    memory: zian.memory,
    milliseconds,
  };
}
