import type { CallName, Calls, DeviceSummary, ModelSource, ModelSummary } from '../shared/messages.js';
import type { ActivityContext } from './activity.js';
import { Store } from './store.js';
import { CallError, isCancelled, WorkerClient } from './worker-client.js';

/** `report` is what was open last, also while it is lost. */
export type DeviceState =
  | { readonly state: 'closed' | 'opening' | 'open'; readonly report?: DeviceSummary }
  | { readonly state: 'failed'; readonly why: string; readonly report?: DeviceSummary }
  | { readonly state: 'lost'; readonly why: string; readonly report?: DeviceSummary };

/** A model that can be chosen. */
export interface ModelChoice {
  readonly id: string;
  readonly label: string;
  readonly source: ModelSource;
}

export type ModelState =
  | { readonly state: 'none' }
  | { readonly state: 'loading'; readonly choice: ModelChoice }
  | { readonly state: 'ready'; readonly choice: ModelChoice; readonly summary: ModelSummary }
  | { readonly state: 'failed'; readonly choice: ModelChoice; readonly why: string };

/** A run that loses the device is repeated so often. */
const MOST_RECOVERIES = 2;
/** News of a loss may come after the failure that it caused. */
const LOSS_DELAY_MILLISECONDS = 500;
/** A driver that has just restarted may need a moment: milliseconds before each try to open the device again. */
const REOPEN_AFTER = [0, 500, 2000] as const;

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/**
 * The worker's device and model as the page sees them. Whatever is asked of them, they are made ready first: also when
 * the worker was ended by a cancel, or the device was lost.
 */
export class Engine {
  readonly device = new Store<DeviceState>({ state: 'closed' });
  readonly model = new Store<ModelState>({ state: 'none' });
  /** Counts losses of the device that were recovered from. */
  readonly recoveries = new Store(0);
  readonly #client: WorkerClient;
  #losses = 0;
  #wanted: ModelChoice | undefined;

  constructor(workerUrl: string) {
    this.#client = new WorkerClient(workerUrl, {
      onLost: ({ reason, message }) => {
        this.#losses += 1;
        this.#forget({ state: 'lost', why: message || reason });
      },
      onRestart: () => this.#forget({ state: 'closed' }),
    });
  }

  /** The model that is used from now on; it is loaded with the next thing that needs it. */
  choose(choice: ModelChoice): void {
    this.#wanted = choice;
    this.model.set({ state: 'none' });
  }

  /** The chosen model has got another entry in the list: it stays as it is. */
  rename(from: ModelChoice, to: ModelChoice): void {
    if (this.#wanted === from) this.#wanted = to;
    const { value } = this.model;
    if (value.state === 'ready' && value.choice === from) this.model.set({ ...value, choice: to });
  }

  /** Opens the device and loads the model, where that is not done. */
  prepare(context: ActivityContext): Promise<void> {
    return this.#recovering(context, async () => undefined);
  }

  /** Asks the worker for something that needs the model on the device. Repeated when the device is lost meanwhile. */
  call<K extends CallName>(
    call: K,
    argument: Calls[K]['argument'],
    context: ActivityContext,
  ): Promise<Calls[K]['result']> {
    return this.#recovering(context, () => this.#client.call(call, argument, context));
  }

  /** Asks the worker for something that needs neither. */
  plainCall<K extends CallName>(
    call: K,
    argument: Calls[K]['argument'],
    context?: ActivityContext,
  ): Promise<Calls[K]['result']> {
    return this.#client.call(call, argument, context);
  }

  async #recovering<T>(context: ActivityContext, work: () => Promise<T>): Promise<T> {
    for (let recovered = 0; ; recovered++) {
      const before = this.#losses;
      try {
        await this.#ready(context);
        return await work();
      } catch (error) {
        if (isCancelled(error) || !(error instanceof CallError) || error.kind === 'input') throw error;
        if (this.#losses === before) await sleep(LOSS_DELAY_MILLISECONDS);
        if (this.#losses === before || recovered >= MOST_RECOVERIES) throw error;
      }
    }
  }

  async #ready(context: ActivityContext): Promise<void> {
    await this.#client.settled();
    const lost = this.device.value.state === 'lost';
    if (this.device.value.state !== 'open') await this.#open(context, lost);
    const { value } = this.model;
    if (this.#wanted && !(value.state === 'ready' && value.choice === this.#wanted))
      await this.#load(this.#wanted, context);
    if (lost) this.recoveries.set(this.recoveries.value + 1);
  }

  async #open(context: ActivityContext, again: boolean): Promise<void> {
    const { report } = this.device.value;
    const known = report ? { report } : {};
    context.onProgress({ stage: 'device', done: 0, total: 0, unit: 'count' });
    if (!again) this.device.set({ state: 'opening', ...known });
    for (const [attempt, delay] of REOPEN_AFTER.entries()) {
      try {
        if (again) await sleep(delay);
        const opened = await this.#client.call('open', {}, context);
        this.device.set({ state: 'open', report: opened });
        return;
      } catch (error) {
        if (isCancelled(error)) {
          this.device.set({ state: 'closed', ...known });
          throw error;
        }
        const last = !again || attempt === REOPEN_AFTER.length - 1;
        if (!last) continue;
        this.device.set({ state: 'failed', why: messageOf(error), ...known });
        throw error;
      }
    }
  }

  async #load(choice: ModelChoice, context: ActivityContext): Promise<void> {
    this.model.set({ state: 'loading', choice });
    try {
      const summary = await this.#client.call('load', choice.source, context);
      if (this.#wanted === choice) this.model.set({ state: 'ready', choice, summary });
    } catch (error) {
      this.model.set(
        isCancelled(error) ? { state: 'none' } : { state: 'failed', choice, why: messageOf(error) },
      );
      throw error;
    }
  }

  #forget(device: { readonly state: 'closed' } | { readonly state: 'lost'; readonly why: string }): void {
    const { report } = this.device.value;
    this.device.set({ ...device, ...(report ? { report } : {}) });
    this.model.set({ state: 'none' });
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
