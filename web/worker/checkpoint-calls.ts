import {
  checkCheckpoint,
  countParameters,
  shapesOf,
  writeModel,
} from '../../src/conversion/convert-model.js';
import { blobSource } from '../../src/weights/index.js';
import { inferArchitecture } from '../../src/zian/architecture.js';
import { PRESETS } from '../../src/zian/config.js';
import { applyOverrides, type ParsedExperiment, parseExperiment } from '../../src/zian/config-settings.js';
import { describeNetwork } from '../../src/zian/describe.js';
import { expectedTensors } from '../../src/zian/expected-tensors.js';
import { readCheckpoint, selectStateDict } from '../../tools/convert-weights/index.js';
import { catalog } from '../shared/catalog.js';
import type { CheckpointSummary, ConversionOptions, Picture } from '../shared/messages.js';
import { blobSink } from './blob-sink.js';
import type { CallContext, Handlers } from './calls.js';

async function inspect({ name, blob }: Picture): Promise<CheckpointSummary> {
  const checkpoint = await readCheckpoint(blobSource(name, blob));
  const stateDict = selectStateDict(checkpoint);
  const architecture = inferArchitecture(shapesOf(stateDict), name);
  return {
    format: checkpoint.format,
    tensors: stateDict.tensors.size,
    parameters: countParameters(expectedTensors(architecture)),
    network: describeNetwork(architecture),
    suggested: architecture.coAttention === 'simple' ? 'age' : 'refuge',
  };
}

async function baseConfig(base: ConversionOptions['base']): Promise<ParsedExperiment> {
  if ('dataset' in base) return { config: PRESETS[base.dataset], unknownKeys: [] };
  // Few visitors have an experiment file, so the parser comes when one is chosen.
  const { parseExperimentYaml } = await import('../../src/zian/experiment-yaml.js');
  return parseExperiment(parseExperimentYaml(base.yaml, base.name), PRESETS.refuge, base.name);
}

async function convert(
  { name, blob, base, overrides, dtype }: Picture & ConversionOptions,
  { progress, signal }: CallContext,
) {
  progress({ stage: 'read', done: 0, total: blob.size, unit: 'bytes' });
  const parsed = await baseConfig(base);
  const config = applyOverrides(parsed.config, overrides);
  const source = blobSource(name, blob);
  const checked = await checkCheckpoint(source, config);
  const sink = blobSink();
  const converted = await writeModel(
    source,
    checked,
    {
      config,
      dtype,
      version: catalog.version,
      onProgress: (stage, done, total) => {
        signal.throwIfAborted();
        progress({ stage, done, total, unit: 'bytes' });
      },
    },
    sink,
  );
  return {
    blob: sink.blob(),
    tensors: converted.tensors,
    parameters: converted.parameters,
    sha256: converted.sha256,
    network: describeNetwork(converted.architecture),
    unknownKeys: parsed.unknownKeys,
  };
}

/** Reading and converting checkpoints; needs no GPU. */
export const checkpointCalls: Handlers<'inspect' | 'convert'> = { inspect, convert };
