import {
  type ByteSink,
  type ByteSource,
  bytesSource,
  memorySink,
  writeSafetensors,
} from '../../src/weights/index.js';
import { isIgnoredTensor } from '../../src/zian/check-state-dict.js';
import { modelMetadata } from '../../src/zian/model-file.js';
import { type Run, runConfig, runShapes } from './run.js';
import { seededTensor } from './seeded.js';

/** Writes the model file of a run's seeded weights, as `zian convert` would; tensors are made one by one. */
export async function writeRunModel(run: Run, sink: ByteSink): Promise<void> {
  const adjustments = new Map((run.adjust ?? []).map((adjustment) => [adjustment.name, adjustment]));
  const entries = [...runShapes(run)]
    .filter(([name]) => !isIgnoredTensor(name, runConfig(run)))
    .map(([name, shape]) => ({
      name,
      dtype: 'F32' as const,
      shape,
      bytes: () => {
        const values = seededTensor(name, shape, run.weights_seed);
        const { scale = 1, offset = 0 } = adjustments.get(name) ?? {};
        const adjusted = values.map((v) =>
          Math.fround(Math.fround(v * Math.fround(scale)) + Math.fround(offset)),
        );
        return new Uint8Array(adjusted.buffer);
      },
    }));
  const metadata = modelMetadata({
    config: runConfig(run),
    dtype: 'f32',
    checkpointSha256: '0'.repeat(64),
    converterVersion: '0.0.0',
  });
  await writeSafetensors(sink, entries, metadata);
}

/** The same in memory. */
export async function runModel(run: Run): Promise<ByteSource> {
  const sink = memorySink();
  await writeRunModel(run, sink);
  return bytesSource(`${run.run}.safetensors`, sink.bytes());
}
