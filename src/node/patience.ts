/** Polled without pause for so long, in milliseconds: a fast adapter is done by then. */
const EAGER = 5;
/** Of the time waited so far, the share that may be added to it. */
const SHARE = 0.05;
/** The longest nap in milliseconds: timers and other events wait as long. */
const LONGEST = 4;

const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Waits for work of Dawn's Node bindings that an adapter does on the CPU. Until it is done the bindings poll in every turn
 * of the event loop, which takes a core away from the adapter: a third of its speed on two cores. Naps of up to 4 ms make
 * the turns few.
 */
export async function patiently<T>(work: Promise<T>): Promise<T> {
  const start = performance.now();
  let settled = false;
  const turn = (): void => {
    if (settled) return;
    const waited = performance.now() - start;
    if (waited > EAGER) Atomics.wait(cell, 0, 0, Math.min(LONGEST, SHARE * waited));
    setImmediate(turn);
  };
  setImmediate(turn);
  try {
    return await work;
  } finally {
    settled = true;
  }
}
