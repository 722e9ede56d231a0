import type {
  CallFailure,
  CallName,
  CallProgress,
  Calls,
  PageMessage,
  WorkerMessage,
} from '../shared/messages.js';

/** What a call of the worker came to, other than a result. */
export class CallError extends Error {
  readonly kind: CallFailure['kind'];

  constructor({ kind, message }: CallFailure) {
    super(message);
    this.name = 'CallError';
    this.kind = kind;
  }
}

export const isCancelled = (error: unknown): boolean =>
  error instanceof CallError && error.kind === 'cancelled';

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CallProgress) => void;
}

/** A worker that is asked to stop has this long to do so before it is ended. */
const GRACE_MILLISECONDS = 150;

interface Pending {
  readonly progress: (progress: CallProgress) => void;
  readonly settle: (event: MessageEvent) => void;
  readonly fail: (failure: CallFailure) => void;
}

export interface WorkerEvents {
  readonly onLost: (lost: { readonly reason: string; readonly message: string }) => void;
  /** The worker was replaced by a new one: what it held is gone. */
  readonly onRestart: () => void;
}

/** The page's end of the worker: calls with progress, and a cancel that always works. */
export class WorkerClient {
  readonly #url: string;
  readonly #events: WorkerEvents;
  #worker: Worker;
  #next = 0;
  readonly #pending = new Map<number, Pending>();
  /** Settles when a cancelled call has ended, or its worker has. */
  #quiet: Promise<void> = Promise.resolve();

  constructor(url: string, events: WorkerEvents) {
    this.#url = url;
    this.#events = events;
    this.#worker = this.#start();
  }

  /** Until it is known whether a call that was cancelled took the worker with it. */
  settled(): Promise<void> {
    return this.#quiet;
  }

  /** @throws CallError: what the worker threw, or `cancelled`, at once, when the signal is aborted */
  async call<K extends CallName>(
    call: K,
    argument: Calls[K]['argument'],
    { signal, onProgress }: CallOptions = {},
  ): Promise<Calls[K]['result']> {
    if (signal?.aborted) throw cancelled();
    await this.#quiet;
    if (signal?.aborted) throw cancelled();
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      const ended = new Promise<void>((end) => {
        const settled = (): void => {
          this.#pending.delete(id);
          signal?.removeEventListener('abort', abort);
          end();
        };
        this.#pending.set(id, {
          progress: (progress) => {
            if (!signal?.aborted) onProgress?.(progress);
          },
          // What comes back is what the worker's handler of this call returned: same build.
          settle: ({ data }) => {
            settled();
            resolve(data.result);
          },
          fail: (failure) => {
            settled();
            reject(new CallError(failure));
          },
        });
      });
      const abort = (): void => {
        this.#post({ cancel: id });
        this.#quiet = this.#stop(ended);
        reject(cancelled());
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#post({ id, call, argument });
    });
  }

  /** Waits a moment for a call to end by itself, then ends its worker. */
  async #stop(ended: Promise<void>): Promise<void> {
    const patience = new Promise<'late'>((resolve) => {
      setTimeout(() => resolve('late'), GRACE_MILLISECONDS);
    });
    if ((await Promise.race([ended, patience])) === 'late') this.#restart();
  }

  #restart(): void {
    this.#worker.terminate();
    for (const { fail } of [...this.#pending.values()])
      fail({ kind: 'cancelled', message: 'It was cancelled.' });
    this.#worker = this.#start();
    this.#events.onRestart();
  }

  #post(message: PageMessage): void {
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { type: 'module', name: 'zian' });
    worker.addEventListener('message', (event: MessageEvent<WorkerMessage>) => {
      const { data } = event;
      if ('lost' in data) this.#events.onLost(data.lost);
      else if ('progress' in data) this.#pending.get(data.id)?.progress(data.progress);
      else if ('failure' in data) this.#pending.get(data.id)?.fail(data.failure);
      else this.#pending.get(data.id)?.settle(event);
    });
    worker.addEventListener('error', ({ message }) => {
      const why = message || 'its script could not be loaded';
      for (const { fail } of [...this.#pending.values()])
        fail({ kind: 'bug', message: `The page's worker failed: ${why}. Reload the page.` });
    });
    return worker;
  }
}

const cancelled = (): CallError => new CallError({ kind: 'cancelled', message: 'It was cancelled.' });
