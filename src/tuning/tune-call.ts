import { ZianError } from '../errors.js';
import type { EngineDevice } from '../graph/device.js';
import type { DispatchTimer } from '../graph/dispatch-timer.js';
import type { PipelineCache } from '../graph/pipelines.js';
import type { Call, Kernel, Variant } from '../kernels/contract.js';
import { Trial } from './trial.js';
import type { TunedCall } from './tuning-table.js';

/** A call whose variants are to be measured. */
export interface TunableCall {
  readonly kernel: Kernel;
  readonly call: Call;
  /** Those that are legal on the device, two at the least; the last one is the plain one. */
  readonly variants: readonly Variant[];
  /** The one that is taken where nothing has been measured. */
  readonly standard: Variant;
}

/** Samples of each variant that is still in the running after the first. */
const ROUNDS = 5;
/** A variant this many times slower than the best so far is not measured again. */
const HOPELESS = 1.5;
/** A sample lasts about this long, so that timestamps of 0.1 ms tell enough. */
const SAMPLE_MILLISECONDS = 2;
const MOST_REPEATS = 64;
/** How much faster than the standard one a variant must be: less is noise. */
const MARGIN = 0.95;
/**
 * Allowed difference from the plain variant, in parts of the output's largest value and per unit of `errorFactor`: sums of
 * a few thousand products in another order differ by less than 1e-5 in f32; f16 outputs are rounded to 5e-4.
 */
const TOLERANCE = { f32: 2e-5, f16: 2e-3 } as const;

/**
 * Measures the variants of a call against each other; those that do not agree with the plain one cannot win.
 * @param now ends the measuring before the last round when it is past `deadline`
 * @throws ZianError (device) when the device is lost
 */
export async function tuneCall(
  { kernel, call, variants, standard }: TunableCall,
  device: EngineDevice,
  pipelines: PipelineCache,
  timer: DispatchTimer,
  deadline: number,
): Promise<TunedCall> {
  const milliseconds: Record<string, number | null> = {};
  const trials: Trial[] = [];
  try {
    const plain = variants.at(-1);
    if (!plain) throw new Error(`${kernel.name} has no variants`);
    const reference = await Trial.create(device, pipelines, kernel, plain, call);
    trials.push(reference);
    const want = await reference.run();
    for (const variant of variants.slice(0, -1)) {
      const trial = await rightTrial(device, pipelines, kernel, variant, call, want);
      if (trial) trials.push(trial);
      else milliseconds[variant.name] = null;
    }
    for (const [trial, time] of await race(trials, timer, device, deadline))
      milliseconds[trial.variant.name] = time;
  } finally {
    for (const trial of trials) trial.destroy();
  }
  return { variant: winner(milliseconds, standard), milliseconds };
}

/** The variant on the device, or undefined where it cannot be had or its answer is wrong. */
async function rightTrial(
  device: EngineDevice,
  pipelines: PipelineCache,
  kernel: Kernel,
  variant: Variant,
  call: Call,
  want: ReadonlyMap<string, Float32Array>,
): Promise<Trial | undefined> {
  let trial: Trial | undefined;
  try {
    trial = await Trial.create(device, pipelines, kernel, variant, call);
    const got = await trial.run();
    const right = [...want].every(([name, values]) => {
      const half = call.outputs[name]?.dtype === 'f16';
      const tolerance = (half ? TOLERANCE.f16 : TOLERANCE.f32) * (variant.errorFactor ?? 1);
      return agrees(got.get(name) ?? new Float32Array(), values, tolerance);
    });
    if (right) return trial;
  } catch (error) {
    // A shader that does not compile or does not fit is the variant's fault; a lost device is not.
    trial?.destroy();
    device.assertAlive();
    if (!(error instanceof ZianError)) throw error;
    return undefined;
  }
  trial.destroy();
  return undefined;
}

/** Whether all values are finite and within `tolerance` times the largest wanted one of what is wanted. */
export function agrees(got: Float32Array, want: Float32Array, tolerance: number): boolean {
  if (got.length !== want.length) return false;
  const scale = want.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return want.every((value, i) => Math.abs((got[i] ?? Number.NaN) - value) <= tolerance * scale);
}

/** The medians of interleaved samples, in milliseconds. */
async function race(
  trials: readonly Trial[],
  timer: DispatchTimer,
  device: EngineDevice,
  deadline: number,
): Promise<Map<Trial, number>> {
  const samples = new Map<Trial, number[]>();
  const sample = async (trial: Trial, repeats: number): Promise<number> => {
    const { gpu, wall } = await device.wait(timer.sample(trial.dispatches, repeats));
    device.assertAlive();
    return gpu ?? wall;
  };
  // The run that checked the answer was the warm-up.
  for (const trial of trials) samples.set(trial, [await sample(trial, 1)]);
  for (let round = 1; round < ROUNDS && performance.now() < deadline; round++) {
    const best = Math.min(...[...samples.values()].map(median));
    for (const [trial, times] of samples) {
      const expected = median(times);
      if (expected > HOPELESS * best) continue;
      const repeats = Math.min(MOST_REPEATS, Math.max(1, Math.round(SAMPLE_MILLISECONDS / expected)));
      times.push(await sample(trial, repeats));
    }
  }
  return new Map([...samples].map(([trial, times]) => [trial, median(times)]));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = low] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** The fastest one, but the standard one where nothing is clearly faster. */
export function winner(milliseconds: Readonly<Record<string, number | null>>, standard: Variant): string {
  const right = Object.entries(milliseconds).flatMap(([name, time]) =>
    time === null ? [] : [{ name, time }],
  );
  const best = right.toSorted((a, b) => a.time - b.time)[0];
  const own = milliseconds[standard.name];
  if (!best || (own !== undefined && own !== null && best.time > MARGIN * own)) return standard.name;
  return best.name;
}
