import type { CallProgress } from '../shared/messages.js';
import { Store } from './store.js';
import { isCancelled } from './worker-client.js';

/** Something that takes time and can be cancelled. */
export interface Activity {
  readonly title: string;
  readonly progress: CallProgress | undefined;
  readonly cancel: () => void;
}

/** What work is given while it is shown as the activity. */
export interface ActivityContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CallProgress) => void;
  readonly retitle: (title: string) => void;
}

/** The one thing that the page does at a time; what else is asked for waits its turn. */
export class Activities {
  readonly current = new Store<Activity | undefined>(undefined);
  #queue: Promise<unknown> = Promise.resolve();

  /** Does some work when all before it is done. */
  run<T>(title: string, work: (context: ActivityContext) => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => this.#show(title, work));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #show<T>(title: string, work: (context: ActivityContext) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const cancel = (): void => controller.abort();
    let shown: Activity = { title, progress: undefined, cancel };
    const show = (change: Partial<Activity>): void => {
      shown = { ...shown, ...change };
      this.current.set(shown);
    };
    show({});
    try {
      return await work({
        signal: controller.signal,
        onProgress: (progress) => show({ progress }),
        retitle: (next) => show({ title: next, progress: undefined }),
      });
    } finally {
      this.current.set(undefined);
    }
  }
}

/** For work whose cancellation needs no further word. */
export async function unlessCancelled(
  work: Promise<unknown>,
  failed: (error: unknown) => void,
): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isCancelled(error)) failed(error);
  }
}
