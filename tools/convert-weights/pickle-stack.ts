import { PickleRefusal } from './pickle-input.js';
import { COST, pickleBudget } from './pickle-limits.js';
import { isKind, kindOf, type PickleValue } from './pickle-values.js';

type KindWithItems = 'list' | 'tuple' | 'set' | 'dict' | 'global';

/** The stack, marks and memo of the pickle machine, and the budget that everything built draws from. */
export class PickleStack {
  #items: PickleValue[] = [];
  readonly #below: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #allowed: number;
  #budget: number;

  /** @param fileBytes of the file that the pickle is in: they decide how much may be built */
  constructor(fileBytes: number) {
    this.#allowed = pickleBudget(fileBytes);
    this.#budget = this.#allowed;
  }

  /** Accounts for memory about to be used. */
  charge(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) {
      throw new PickleRefusal(`would build more than ${this.#allowed >> 20} MiB of objects`);
    }
  }

  push(value: PickleValue): void {
    this.charge(COST.slot);
    this.#items.push(value);
  }

  pop(): PickleValue {
    const value = this.#items.pop();
    if (value === undefined) throw new PickleRefusal('takes more from its stack than it has put there');
    return value;
  }

  top(): PickleValue {
    const value = this.#items.at(-1);
    if (value === undefined) throw new PickleRefusal('takes more from its stack than it has put there');
    return value;
  }

  /** Pops a value that must be of a kind. */
  popKind<K extends KindWithItems>(kind: K): Extract<PickleValue, { readonly kind: K }> {
    const value = this.pop();
    if (!isKind(value, kind)) throw new PickleRefusal(`has a ${kindOf(value)} where a ${kind} is needed`);
    return value;
  }

  /** The top value, which must be of a kind. */
  topKind<K extends KindWithItems>(kind: K): Extract<PickleValue, { readonly kind: K }> {
    const value = this.top();
    if (!isKind(value, kind)) throw new PickleRefusal(`has a ${kindOf(value)} where a ${kind} is needed`);
    return value;
  }

  popText(): string {
    const value = this.pop();
    if (typeof value !== 'string') throw new PickleRefusal(`has a ${kindOf(value)} where a string is needed`);
    return value;
  }

  mark(): void {
    this.charge(COST.mark);
    this.#below.push(this.#items);
    this.#items = [];
  }

  /** Everything above the last mark, which is removed. */
  popToMark(): PickleValue[] {
    const items = this.#items;
    const below = this.#below.pop();
    if (below === undefined) throw new PickleRefusal('goes back to a mark that it has not set');
    this.#items = below;
    return items;
  }

  popMany(count: number): PickleValue[] {
    if (this.#items.length < count) {
      throw new PickleRefusal('takes more from its stack than it has put there');
    }
    return this.#items.splice(this.#items.length - count, count);
  }

  remember(index: number): void {
    if (!Number.isSafeInteger(index) || index < 0)
      throw new PickleRefusal('has a memo index that is no index');
    this.charge(COST.entry);
    this.#memo.set(index, this.top());
  }

  /** MEMOIZE: the next free index is the number of entries. */
  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw new PickleRefusal('refers to a memo entry that it has not made');
    this.push(value);
  }
}
