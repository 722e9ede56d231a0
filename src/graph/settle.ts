/**
 * The results of all promises, once every one of them has settled: unlike after `Promise.all`, nothing is still going
 * on when the first error is thrown.
 */
export async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
