import { InvalidArgumentError } from 'commander';

/** One of `count` parts of a list, `index` from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Parses `2/8`. */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (!(index >= 1 && index <= count))
    throw new InvalidArgumentError('It must be PART/PARTS, such as 2/8, with PART from 1 to PARTS.');
  return { index, count };
}

/** Every `count`th item from the `index`th on: parts are alike even where a list is sorted by size or place. */
export const shardOf = <T>(items: readonly T[], { index, count }: Shard): T[] =>
  items.filter((_, i) => i % count === index - 1);

/**
 * The whole list again, of its parts in their order.
 * @param parts by index − 1; undefined where one is missing
 * @param total number of items
 */
export function unshard<T>(parts: readonly (readonly T[] | undefined)[], total: number): T[] {
  const items = Array.from(
    { length: total },
    (_, i) => parts[i % parts.length]?.[Math.floor(i / parts.length)],
  );
  return items.filter((item) => item !== undefined);
}
