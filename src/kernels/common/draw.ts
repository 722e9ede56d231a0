/** An integer from `low` to `high`, both included, from a generator of uniform values in [0, 1). */
export const drawInteger = (random: () => number, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

/** One of the items, all equally likely. */
export function drawItem<T>(random: () => number, items: readonly [T, ...T[]]): T {
  return items[drawInteger(random, 0, items.length - 1)] ?? items[0];
}
