import type { EngineDevice, MemoryReport, Timing } from '../src/graph/index.js';
import type { ByteSource } from '../src/weights/index.js';
import type { RgbaImage } from '../src/zian/image.js';
import { Zian } from '../src/zian/zian.js';
import { runModel } from '../test/support/model.js';
import { type Run, runImage } from '../test/support/run.js';
import { checkModel, type ModelCheck } from './model-check.js';
import { costByGroup, STAGE_NAMES, stageOf, sumByGroup } from './stages.js';
import { type Summary, summarize } from './statistics.js';
import { countQueueUse, type QueueUse } from './submits.js';
import { type Throughput, throughput } from './throughput.js';

/** One part of the network, in all profiles. */
export interface GroupResult extends Throughput {
  readonly name: string;
  readonly dispatches: number;
  readonly milliseconds: Summary;
}

export interface Profile {
  /** Sum of all dispatches. */
  readonly milliseconds: Summary;
  readonly stages: readonly GroupResult[];
  readonly kernels: readonly GroupResult[];
}

export interface ModelTimes {
  /** The first image after loading, from the decoded picture to the landmark. */
  readonly first: number;
  /** Later images: on the host before the submit, and from the submit to the results on the host. */
  readonly warm: { readonly preprocess: Summary; readonly network: Summary };
  /** Null where the device has no timestamps. */
  readonly profile: Profile | null;
}

export interface ModelResult {
  /** The recorded run whose weights and picture are used. */
  readonly run: string;
  readonly image: readonly [width: number, height: number];
  readonly crop: readonly [width: number, height: number];
  readonly check: ModelCheck;
  readonly dispatches: number;
  /** Of one image. */
  readonly queue: QueueUse;
  readonly memory: MemoryReport;
  /** Weights onto the device, shaders compiled. */
  readonly loadMilliseconds: number;
  /** The same once more, with nothing left to compile. */
  readonly reloadMilliseconds: number;
  /** Null where the results are wrong. */
  readonly times: ModelTimes | null;
}

export interface ModelBenchOptions {
  readonly run: Run;
  /** What PyTorch computed in it: RUN.safetensors. */
  readonly tensors: ByteSource;
  readonly runs: number;
  readonly note: (line: string) => void;
}

/** Loads a recorded run's model, checks one result against PyTorch's, and times it. */
export async function benchModel(
  device: EngineDevice,
  { run, tensors, runs, note }: ModelBenchOptions,
): Promise<ModelResult> {
  const { run: name } = run;
  const image = runImage(run);
  note(`${name}: making the weights`);
  const model = await runModel(run);
  note(`${name}: loading the model`);
  const load = async (): Promise<{ readonly zian: Zian; readonly milliseconds: number }> => {
    const started = performance.now();
    const zian = await Zian.load({ model, device });
    return { zian, milliseconds: performance.now() - started };
  };
  const cold = await load();
  cold.zian.destroy();
  const { zian, milliseconds: reloadMilliseconds } = await load();
  try {
    note(`${name}: checking a result`);
    const firstStarted = performance.now();
    const { result, use } = await countQueueUse(device.gpu.queue, () =>
      zian.localize(image, { flipTest: false }),
    );
    const first = performance.now() - firstStarted;
    const check = await checkModel(run, tensors, result, await zian.heatmaps());
    return {
      run: name,
      image: [image.width, image.height],
      crop: zian.config.cropSize,
      check,
      dispatches: zian.dispatchCount,
      queue: use,
      memory: zian.memory,
      loadMilliseconds: cold.milliseconds,
      reloadMilliseconds,
      times: check.wrong.length > 0 ? null : { first, ...(await timeWarm(zian, device, image, runs, note)) },
    };
  } finally {
    zian.destroy();
  }
}

async function timeWarm(
  zian: Zian,
  device: EngineDevice,
  image: RgbaImage,
  runs: number,
  note: (line: string) => void,
): Promise<Omit<ModelTimes, 'first'>> {
  const preprocess: number[] = [];
  const network: number[] = [];
  const profiles: Timing[][] = [];
  const profiled = device.has('timestamp-query');
  for (let i = 0; i < runs; i++) {
    note(`timing the model, ${i + 1} of ${runs}`);
    const { milliseconds } = await zian.localize(image, { flipTest: false });
    preprocess.push(milliseconds.preprocess);
    network.push(milliseconds.network);
    if (profiled) profiles.push(await zian.profile());
  }
  return {
    warm: { preprocess: summarize(preprocess), network: summarize(network) },
    profile: profiled ? summarizeProfiles(profiles, zian.executable.steps) : null,
  };
}

type Steps = Zian['executable']['steps'];

/** Stages in running order, kernels by their share. */
function summarizeProfiles(profiles: readonly Timing[][], steps: Steps): Profile {
  const kernelByLabel = new Map(steps.map(({ node }) => [node.label, node.kernel.name]));
  const kernelOf = (label: string): string =>
    kernelByLabel.get(label.slice(0, label.lastIndexOf(': '))) ?? label;
  const stages = groups(
    profiles.map((timings) => sumByGroup(timings, stageOf)),
    costByGroup(steps, ({ node }) => stageOf(node.label)),
  );
  const kernels = groups(
    profiles.map((timings) => sumByGroup(timings, kernelOf)),
    costByGroup(steps, ({ node }) => node.kernel.name),
  );
  return {
    milliseconds: summarize(
      profiles.map((timings) => timings.reduce((sum, { nanoseconds }) => sum + nanoseconds / 1e6, 0)),
    ),
    stages: STAGE_NAMES.flatMap((name) => stages.filter((stage) => stage.name === name)),
    kernels: kernels.toSorted((a, b) => b.milliseconds.median - a.milliseconds.median),
  };
}

function groups(
  profiles: readonly ReturnType<typeof sumByGroup>[],
  costs: ReturnType<typeof costByGroup>,
): GroupResult[] {
  const [first = new Map()] = profiles;
  return [...first].map(([name, { dispatches }]) => {
    const milliseconds = summarize(profiles.map((profile) => profile.get(name)?.milliseconds ?? 0));
    const cost = costs.get(name) ?? { flops: 0, bytes: 0 };
    return { name, dispatches, milliseconds, ...throughput(cost, milliseconds.median) };
  });
}
