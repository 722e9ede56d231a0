import { elementCount } from '../../src/kernels/layout.js';
import type { ByteSink } from '../../src/weights/index.js';
import { writeSafetensors } from '../../src/weights/index.js';
import { checkStateDict } from '../../src/zian/check-state-dict.js';
import { writeRunModel } from '../../test/support/model.js';
import { random } from '../../test/support/random.js';
import { type Run, runConfig, runImage, runShapes } from '../../test/support/runs.js';
import { seededTensor } from '../../test/support/seeded.js';
import { type Layer, layerShapes, type NetworkSpec } from './network.js';
import { networkInput } from './network-input.js';

/** What `--only` takes. */
export const KINDS = ['conv', 'backbone', 'model'] as const;
export type Kind = (typeof KINDS)[number];

/** A network to compare on, its weights and its input. */
export interface BenchNetwork {
  readonly name: string;
  readonly kind: Kind;
  readonly spec: NetworkSpec;
  /** Writes the weights as safetensors, one tensor in memory at a time. */
  writeWeights(sink: ByteSink): Promise<void>;
  /** Elements in C order. */
  input(): Float32Array;
}

const SEED = 31;
const REPEATED = 8;

type Shapes = ReadonlyMap<string, readonly number[]>;

async function writeSeeded(shapes: Shapes, sink: ByteSink): Promise<void> {
  const entries = [...shapes].map(([name, shape]) => ({
    name,
    dtype: 'F32' as const,
    shape,
    bytes: () => new Uint8Array(seededTensor(name, shape, SEED).buffer),
  }));
  await writeSafetensors(sink, entries);
}

/** Uniform in [-2, 2): about what normalised pictures are. */
function noise(shape: readonly number[]): Float32Array {
  const next = random(SEED);
  return Float32Array.from({ length: elementCount(shape) }, () => 4 * next() - 2);
}

function convolutions(name: string, shape: readonly number[], layers: readonly Layer[]): BenchNetwork {
  return {
    name: `conv ${name}`,
    kind: 'conv',
    spec: { kind: 'convolutions', shape, layers },
    writeWeights: (sink) => writeSeeded(layerShapes(shape, layers), sink),
    input: () => noise(shape),
  };
}

const inARow = (layers: readonly Layer[]): Layer[] =>
  Array.from({ length: REPEATED }, (_, i) => layers[i % layers.length]).filter(
    (layer) => layer !== undefined,
  );

/** 3×3, stride 1, as many outputs as inputs: what most of the network is. */
function equalChannels(channels: number, size: number): BenchNetwork {
  return convolutions(
    `3×3, ${channels} channels, ${size}×${size}, ${REPEATED} in a row`,
    [1, channels, size, size],
    inARow([{ outputs: channels, kernel: 3, stride: 1 }]),
  );
}

function backbone(run: Run, size: number): BenchNetwork {
  const shapes = runShapes(run);
  const { hrnet } = checkStateDict(runConfig(run), shapes, run.run);
  const own = [...shapes].filter(
    ([name]) => name.startsWith('hrnet.') && !name.endsWith('num_batches_tracked'),
  );
  const shape = [1, 3, size, size];
  return {
    name: 'backbone',
    kind: 'backbone',
    spec: { kind: 'backbone', shape, architecture: hrnet },
    writeWeights: (sink) => writeSeeded(new Map(own), sink),
    input: () => noise(shape),
  };
}

function model(run: Run): BenchNetwork {
  const config = runConfig(run);
  const [width, height] = config.cropSize;
  const { dataset, options } = run;
  return {
    name: 'model',
    kind: 'model',
    spec: {
      kind: 'model',
      shape: [1, 3, height, width],
      dataset: dataset ?? config.dataset,
      options,
      widths: { ...run.widths },
    },
    writeWeights: (sink) => writeRunModel(run, sink),
    input: () => networkInput(runImage(run), config),
  };
}

/** Convolutions of the released network, one of its backbones, and all of it. */
export const releasedNetworks = (full: Run): BenchNetwork[] => [
  equalChannels(32, 64),
  equalChannels(64, 32),
  equalChannels(128, 16),
  equalChannels(256, 8),
  convolutions(
    `1×1, 64 to 256 channels and back, 64×64, ${REPEATED} in a row`,
    [1, 64, 64, 64],
    inARow([
      { outputs: 256, kernel: 1, stride: 1 },
      { outputs: 64, kernel: 1, stride: 1 },
    ]),
  ),
  convolutions(
    '3×3 stride 2, 64 channels, 128×128',
    [1, 64, 128, 128],
    [{ outputs: 64, kernel: 3, stride: 2 }],
  ),
  backbone(full, 256),
  model(full),
];

/** The same with few channels and small pictures: to try the bench out. */
export const tinyNetworks = (narrow: Run): BenchNetwork[] => [
  equalChannels(8, 16),
  backbone(narrow, 64),
  model(narrow),
];
