/** What a piece of work asks of the queue. */
export interface QueueUse {
  submits: number;
  /** Calls of writeBuffer. */
  writes: number;
}

/** Does some work and counts what it asks of the queue meanwhile. */
export async function countQueueUse<T>(
  queue: GPUQueue,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly use: QueueUse }> {
  const { submit, writeBuffer } = queue;
  const use: QueueUse = { submits: 0, writes: 0 };
  queue.submit = (...args) => {
    use.submits += 1;
    return submit.apply(queue, args);
  };
  queue.writeBuffer = (...args: Parameters<GPUQueue['writeBuffer']>) => {
    use.writes += 1;
    return writeBuffer.apply(queue, args);
  };
  try {
    return { result: await work(), use };
  } finally {
    queue.submit = submit;
    queue.writeBuffer = writeBuffer;
  }
}
