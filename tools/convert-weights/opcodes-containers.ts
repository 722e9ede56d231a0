import { setItem } from './pickle-globals.js';
import { PickleRefusal } from './pickle-input.js';
import { COST } from './pickle-limits.js';
import type { OpcodeHandler, OpcodeTable } from './pickle-machine.js';
import { OP } from './pickle-opcodes.js';
import type { PickleStack } from './pickle-stack.js';
import type { PickleValue, PyDict } from './pickle-values.js';

type ItemKind = 'list' | 'tuple' | 'set';

const pushing =
  (kind: ItemKind, take: (stack: PickleStack) => PickleValue[]): OpcodeHandler =>
  ({ stack }) => {
    const items = take(stack);
    stack.charge(COST.container);
    stack.push({ kind, items });
  };

const nothing = (): PickleValue[] => [];
const toMark = (stack: PickleStack): PickleValue[] => stack.popToMark();
const last =
  (count: number) =>
  (stack: PickleStack): PickleValue[] =>
    stack.popMany(count);

/** Puts items into the list or set on top of the stack. */
const extending =
  (kind: 'list' | 'set', take: (stack: PickleStack) => PickleValue[]): OpcodeHandler =>
  ({ stack }) => {
    const items = take(stack);
    stack.charge(items.length * COST.slot);
    const target = stack.topKind(kind).items;
    for (const item of items) target.push(item);
  };

/** Puts pairs of key and value into the dict on top of the stack. */
const setting =
  (take: (stack: PickleStack) => PickleValue[]): OpcodeHandler =>
  ({ stack }) => {
    const items = take(stack);
    setItems(stack, stack.topKind('dict'), items);
  };

const pushingDict =
  (take: (stack: PickleStack) => PickleValue[]): OpcodeHandler =>
  ({ stack }) => {
    stack.charge(COST.dict);
    const dict: PyDict = { kind: 'dict', entries: new Map() };
    setItems(stack, dict, take(stack));
    stack.push(dict);
  };

function setItems(stack: PickleStack, dict: PyDict, items: readonly PickleValue[]): void {
  stack.charge((items.length / 2) * COST.entry);
  for (let i = 0; i < items.length; i += 2) {
    const [key, value] = [items[i], items[i + 1]];
    if (key === undefined || value === undefined) throw new PickleRefusal('has a key without a value');
    setItem(dict, key, value);
  }
}

/** Opcodes that build containers from what is on the stack, or fill them. */
export const CONTAINER_OPCODES: OpcodeTable = new Map<number, OpcodeHandler>([
  [OP.MARK, ({ stack }) => stack.mark()],
  [OP.POP, ({ stack }) => void stack.pop()],
  [OP.POP_MARK, ({ stack }) => void stack.popToMark()],
  [OP.DUP, ({ stack }) => stack.push(stack.top())],
  [OP.EMPTY_TUPLE, pushing('tuple', nothing)],
  [OP.TUPLE1, pushing('tuple', last(1))],
  [OP.TUPLE2, pushing('tuple', last(2))],
  [OP.TUPLE3, pushing('tuple', last(3))],
  [OP.TUPLE, pushing('tuple', toMark)],
  [OP.EMPTY_LIST, pushing('list', nothing)],
  [OP.LIST, pushing('list', toMark)],
  [OP.EMPTY_SET, pushing('set', nothing)],
  [OP.FROZENSET, pushing('set', toMark)],
  [OP.EMPTY_DICT, pushingDict(nothing)],
  [OP.DICT, pushingDict(toMark)],
  [OP.APPEND, extending('list', last(1))],
  [OP.APPENDS, extending('list', toMark)],
  [OP.ADDITEMS, extending('set', toMark)],
  [OP.SETITEM, setting(last(2))],
  [OP.SETITEMS, setting(toMark)],
]);
