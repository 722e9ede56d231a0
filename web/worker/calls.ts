import { ZianError } from '../../src/errors.js';
import type { CallFailure, CallName, CallProgress, Calls, WorkerMessage } from '../shared/messages.js';

/** What a call is given besides its argument. */
export interface CallContext {
  readonly progress: (progress: CallProgress) => void;
  /** Aborted when the page does not want the result any more. */
  readonly signal: AbortSignal;
}

/** An answer whose buffers are handed over instead of copied. */
export class Moved<T> {
  readonly result: T;
  readonly transfer: Transferable[];

  constructor(result: T, transfer: Transferable[]) {
    this.result = result;
    this.transfer = transfer;
  }
}

export type Handlers<Names extends CallName = CallName> = {
  readonly [K in Names]: (
    argument: Calls[K]['argument'],
    context: CallContext,
  ) => Promise<Calls[K]['result'] | Moved<Calls[K]['result']>>;
};

function failureOf(error: unknown, aborted: boolean): CallFailure {
  if (aborted) return { kind: 'cancelled', message: 'It was cancelled.' };
  if (error instanceof ZianError) return { kind: error.kind, message: error.message };
  return { kind: 'bug', message: error instanceof Error ? error.message : String(error) };
}

/** Answers the page's calls; several may be under way at once. */
export function serve(handlers: Handlers): void {
  const running = new Map<number, AbortController>();

  async function answer<K extends CallName>(
    id: number,
    call: K,
    argument: Calls[K]['argument'],
  ): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const answered = await handlers[call](argument, {
        progress: (progress) => serve.post({ id, progress }),
        signal: controller.signal,
      });
      if (answered instanceof Moved) serve.post({ id, result: answered.result }, answered.transfer);
      else serve.post({ id, result: answered });
    } catch (error) {
      serve.post({ id, failure: failureOf(error, controller.signal.aborted) });
    } finally {
      running.delete(id);
    }
  }

  // What comes is what the page's own client sends: same origin, same build.
  self.addEventListener('message', ({ data }) => {
    if ('cancel' in data) running.get(data.cancel)?.abort();
    else void answer(data.id, data.call, data.argument);
  });
}

serve.post = (message: WorkerMessage, transfer: Transferable[] = []): void =>
  self.postMessage(message, { transfer });
