/** Work that can be left: `check` throws the reason once nobody waits for its result any more. */
export type Work<T> = (check: () => void) => Promise<T>;

/**
 * Does one thing after the other. What has been begun is finished, since a GPU cannot be stopped, but nobody has to wait
 * for it: an aborted call is rejected at once.
 */
export class WorkQueue {
  readonly #rejecters = new Set<(reason: Error) => void>();
  #ended: Error | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @returns the work's result
   * @throws `signal.reason` as soon as that is aborted, the queue's own once it has ended
   */
  add<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
    const check = (): void => {
      if (this.#ended) throw this.#ended;
      signal?.throwIfAborted();
    };
    const result = this.#last.then(() => {
      check();
      return work(check);
    });
    this.#last = result.catch(() => undefined);
    return this.#untilEnd(signal ? abortable(result, [signal]) : result);
  }

  /** Rejects everything that waits and is to come. May be called again. */
  end(reason: Error): void {
    this.#ended ??= reason;
    for (const reject of this.#rejecters) reject(this.#ended);
  }

  // Not by an AbortSignal of the queue's own: Node warns of a leak where more than ten calls listen to one.
  #untilEnd<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#rejecters.add(reject);
      const settled = (): void => void this.#rejecters.delete(reject);
      promise.finally(settled).then(resolve, reject);
      if (this.#ended) reject(this.#ended);
    });
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
