/** More modules or blocks than this under one name are not believed: the released models have at most 4. */
const LARGEST_COUNT = 64;

/** One axis of one tensor, as evidence for a width. */
export type Evidence = readonly [name: string, axis: number];

/**
 * Names and shapes of a state dict, seen through one or more prefixes whose tensors should be alike (the
 * backbones of one model).
 */
export class TensorShapes {
  readonly #tensors: ReadonlyMap<string, readonly number[]>;
  readonly #prefixes: readonly string[];
  /** Every beginning of a name that ends at a dot or at its end, without the prefix. */
  readonly #heads = new Set<string>();
  readonly #names: readonly string[];

  constructor(tensors: ReadonlyMap<string, readonly number[]>, prefixes: readonly string[]) {
    this.#tensors = tensors;
    this.#prefixes = prefixes;
    const names: string[] = [];
    for (const prefix of prefixes) {
      for (const name of tensors.keys()) if (name.startsWith(prefix)) names.push(name.slice(prefix.length));
    }
    this.#names = names;
    for (const name of names) {
      for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
        this.#heads.add(name.slice(0, at));
      }
    }
  }

  /** Whether a tensor's name begins so. */
  any(start: string): boolean {
    return start.endsWith('.')
      ? this.#heads.has(start.slice(0, -1))
      : this.#names.some((name) => name.startsWith(start));
  }

  /**
   * How many consecutively numbered children (`NAME.0`, `NAME.1`, …) there are, at least 1 and
   * at most 64, whatever indices the names claim.
   */
  count(name: string): number {
    let found = 0;
    while (found < LARGEST_COUNT && this.#heads.has(`${name}.${found}`)) found += 1;
    return Math.max(found, 1);
  }

  /** The width that most of the evidence shows; the first of equals; `fallback` if there is none. */
  vote(fallback: number, evidence: readonly Evidence[]): number {
    const votes = new Map<number, number>();
    for (const [name, axis] of evidence) {
      for (const prefix of this.#prefixes) {
        const width = this.#tensors.get(prefix + name)?.[axis];
        if (width !== undefined && width > 0) votes.set(width, (votes.get(width) ?? 0) + 1);
      }
    }
    let best = fallback;
    let most = 0;
    for (const [width, count] of votes) {
      if (count > most) [best, most] = [width, count];
    }
    return best;
  }
}
