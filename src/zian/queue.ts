/** Work that can be left: `check` throws the reason once nobody waits for its result any more. */
export type Work<T> = (check: () => void) => Promise<T>;

/**
 * Does one thing after the other. What has been begun is finished, since a GPU cannot be stopped, but nobody has to wait
 * for it: an aborted call is rejected at once.
 */
export class WorkQueue {
  readonly #end = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @returns the work's result
   * @throws `signal.reason` as soon as that is aborted, the queue's own once it has ended
   */
  add<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
    const signals = [this.#end.signal, ...(signal ? [signal] : [])];
    const check = (): void => {
      for (const each of signals) each.throwIfAborted();
    };
    const result = this.#last.then(() => {
      check();
      return work(check);
    });
    this.#last = result.catch(() => undefined);
    return abortable(result, signals);
  }

  /** Rejects everything that waits and is to come. May be called again. */
  end(reason: Error): void {
    this.#end.abort(reason);
  }
}

/** The promise's result, or the reason of the first signal that is aborted before. */
export function abortable<T>(promise: Promise<T>, signals: readonly AbortSignal[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      const aborted = signals.find((signal) => signal.aborted);
      if (aborted) settle(() => reject(aborted.reason));
    };
    const settle = (how: () => void): void => {
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
      how();
    };
    for (const signal of signals) signal.addEventListener('abort', onAbort);
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
    onAbort();
  });
}
