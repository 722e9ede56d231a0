import type { EngineDevice } from '../../src/graph/index.js';
import { Tuner } from '../../src/tuning/index.js';
import { readTuning, writeTuning } from '../../src/web/tuning-store.js';
import { blobSource } from '../../src/weights/index.js';
import type { Calibration } from '../../src/zian/calibration.js';
import { regionLabels } from '../../src/zian/describe.js';
import type { LoadProgress, ZianOptions } from '../../src/zian/load.js';
import { parseModelMetadata } from '../../src/zian/model-file.js';
import { Zian } from '../../src/zian/zian.js';
import { bundledModel } from '../shared/catalog.js';
import type { CallProgress, ModelSource, ModelSummary } from '../shared/messages.js';
import type { CallContext } from './calls.js';
import type { RunnableModel } from './run.js';

interface ModelFile {
  readonly name: string;
  readonly bytes: number;
  readonly options: Pick<ZianOptions, 'model' | 'sha256' | 'cache'>;
  readonly calibration?: Calibration;
}

function fileOf(source: ModelSource): ModelFile {
  if (source.kind === 'file') {
    const { name, blob } = source;
    return { name, bytes: blob.size, options: { model: blobSource(name, blob) } };
  }
  const { path, bytes, sha256, calibration } = bundledModel(source.task);
  // The service worker keeps it already.
  const name = `${source.task}.safetensors`;
  return { name, bytes, options: { model: path, sha256, cache: false }, calibration };
}

/** A host may compress a download, so that it does not tell how much there is; the build does. */
const shownProgress = (progress: LoadProgress, bytes: number): CallProgress =>
  progress.stage === 'download'
    ? { stage: 'fetch', done: progress.done, total: bytes, unit: 'bytes' }
    : { ...progress, unit: 'count' };

/** Much less than a model takes to load, several times what a GPU takes for all kernels of one. */
const TUNING_MILLISECONDS = 3000;

export interface LoadedModel extends RunnableModel {
  readonly summary: ModelSummary;
}

/**
 * Fetches or opens a model, and makes it ready on the device.
 * @throws ZianError: input where it is no usable model, device where the device cannot run it; `signal.reason` when that
 *   is aborted
 */
export async function loadModel(
  source: ModelSource,
  device: EngineDevice,
  { progress, signal }: CallContext,
): Promise<LoadedModel> {
  const started = performance.now();
  const { name, bytes, options, calibration } = fileOf(source);
  // Software adapters' defaults have been measured, and measuring takes them long.
  const budgetMilliseconds = device.report.software ? 0 : TUNING_MILLISECONDS;
  const table = await readTuning(device.report);
  const known = table.size;
  const zian = await Zian.load({
    ...options,
    device,
    tuning: new Tuner(table, { budgetMilliseconds }),
    signal,
    onProgress: (done) => progress(shownProgress(done, bytes)),
  });
  // A private window may keep nothing: then the next visit measures again.
  if (table.size !== known) await writeTuning(device.report, table).catch(() => undefined);
  const summary = summarize(zian, name, bytes, performance.now() - started);
  return { zian, summary, ...(calibration && { calibration }) };
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
