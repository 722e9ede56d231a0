import type { EngineDevice } from '../src/graph/index.js';
import { Tuner, TuningTable } from '../src/tuning/index.js';
import { Zian } from '../src/zian/zian.js';
import { answerOf, type Subject } from './subject.js';
import { type DeviceCall, type OnDeviceCall, WatchedDevice } from './watched-device.js';

/** Where devices are lost: while weights go up, shaders compile, kernels are measured, a picture goes up, … */
export const LOSS_POINTS = ['upload', 'compile', 'tune', 'picture', 'run', 'readback', 'between'] as const;
export type LossPoint = (typeof LOSS_POINTS)[number];

type Phase = 'load' | 'tune' | 'localize';

const WHERE: Readonly<Record<Exclude<LossPoint, 'between'>, { phase: Phase; call: DeviceCall }>> = {
  upload: { phase: 'load', call: 'upload' },
  compile: { phase: 'load', call: 'compile' },
  tune: { phase: 'tune', call: 'submit' },
  picture: { phase: 'localize', call: 'write' },
  run: { phase: 'localize', call: 'submit' },
  readback: { phase: 'localize', call: 'map' },
};

/** What became of all losses at one point. */
export interface LossReport {
  readonly point: LossPoint;
  /** Devices that were lost. */
  readonly losses: number;
  /** Of these, those after which the answer was the same bits as without a loss. */
  readonly survived: number;
  /** What the others ended with. */
  readonly failures: readonly string[];
}

/** Loses a device at the nth call of a kind, once. */
class LossTrigger {
  phase: Phase = 'load';
  losses = 0;
  /** Calls of the armed kind in its phase, since the last time that it was armed. */
  seen = 0;
  #armed: { readonly phase: Phase; readonly call: DeviceCall; readonly at: number } | undefined;

  arm(where: { readonly phase: Phase; readonly call: DeviceCall }, at: number): void {
    this.#armed = { ...where, at };
    this.seen = 0;
  }

  readonly onCall: OnDeviceCall = (call, lose) => {
    const armed = this.#armed;
    if (armed?.call !== call || armed.phase !== this.phase) return;
    if (this.seen++ !== armed.at) return;
    this.#armed = undefined;
    this.losses++;
    lose();
  };
}

/** Opens watched devices of one adapter, and ends them together. */
class Devices {
  readonly trigger = new LossTrigger();
  readonly #adapter: string;
  readonly #open: WatchedDevice[] = [];

  constructor(adapter: string) {
    this.#adapter = adapter;
  }

  readonly open = async (): Promise<EngineDevice> => {
    const watched = await WatchedDevice.open(this.#adapter, this.trigger.onCall);
    this.#open.push(watched);
    return watched.device;
  };

  loseLast(): void {
    this.trigger.losses++;
    this.#open.at(-1)?.lose();
  }

  destroy(): void {
    for (const watched of this.#open.splice(0)) watched.destroy();
  }
}

const TUNING_MILLISECONDS = 150;

/** The same numbers each time: a small linear congruential generator. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function load(subject: Subject, devices: Devices, table?: TuningTable, budget = 0): Promise<Zian> {
  devices.trigger.phase = 'load';
  return await Zian.load({
    model: subject.model,
    device: devices.open,
    ...(table ? { tuning: new Tuner(table, { budgetMilliseconds: budget }) } : {}),
    onProgress: ({ stage }) => {
      devices.trigger.phase = stage === 'tuning' ? 'tune' : 'load';
    },
  });
}

/**
 * Loses a device `count` times at one point, each time at another call, and looks whether the answer is what it is without.
 * @param onDone called after each
 */
export async function loseDevices(
  subject: Subject,
  adapter: string,
  point: LossPoint,
  count: number,
  onDone: (done: number) => void = () => undefined,
): Promise<LossReport> {
  const devices = new Devices(adapter);
  const next = numbers(LOSS_POINTS.indexOf(point) + 1);
  const failures: string[] = [];
  let survived = 0;
  /** The trial says what it got and what it should have got. */
  const attempt = async (trial: () => Promise<readonly [got: string, want: string]>): Promise<void> => {
    const before = devices.trigger.losses;
    try {
      const [got, want] = await trial();
      if (devices.trigger.losses !== before + 1) failures.push('no device was lost');
      else if (got !== want) failures.push(`${got} instead of ${want}`);
      else survived++;
    } catch (error) {
      failures.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
    onDone(survived + failures.length);
  };
  try {
    const trial = await trials(subject, devices, point, next);
    for (let i = 0; i < count; i++) await attempt(trial.run);
    trial.end();
  } finally {
    devices.destroy();
  }
  return { point, losses: devices.trigger.losses, survived, failures };
}

interface Trials {
  run(): Promise<readonly [got: string, want: string]>;
  end(): void;
}

async function trials(
  subject: Subject,
  devices: Devices,
  point: LossPoint,
  next: (below: number) => number,
): Promise<Trials> {
  const { trigger } = devices;
  const answer = async (zian: Zian): Promise<string> => {
    trigger.phase = 'localize';
    return await answerOf(zian, subject.image);
  };
  if (point === 'tune') {
    const run = async () => {
      const table = new TuningTable('a soak test');
      trigger.arm(WHERE.tune, next(3));
      const zian = await load(subject, devices, table, TUNING_MILLISECONDS);
      // Measurements may choose other kernels each time, so the same table is loaded again.
      const again = await load(subject, devices, table);
      const answers = [await answer(zian), await answer(again)] as const;
      zian.destroy();
      again.destroy();
      devices.destroy();
      return answers;
    };
    return { run, end: () => undefined };
  }
  if (point === 'between') {
    const zian = await load(subject, devices);
    const want = await answer(zian);
    const run = async () => {
      devices.loseLast();
      return [await answer(zian), want] as const;
    };
    return { run, end: () => zian.destroy() };
  }
  const where = WHERE[point];
  // Without a loss first: the answer, and how many such calls there are.
  trigger.arm(where, Number.POSITIVE_INFINITY);
  const zian = await load(subject, devices);
  const want = await answer(zian);
  const calls = trigger.seen;
  if (where.phase === 'localize') {
    const run = async () => {
      trigger.arm(where, next(calls));
      return [await answer(zian), want] as const;
    };
    return { run, end: () => zian.destroy() };
  }
  zian.destroy();
  const run = async () => {
    trigger.arm(where, next(calls));
    const loaded = await load(subject, devices);
    const got = await answer(loaded);
    loaded.destroy();
    devices.destroy();
    return [got, want] as const;
  };
  return { run, end: () => undefined };
}
