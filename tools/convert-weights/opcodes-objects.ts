import { PickleRefusal } from './pickle-input.js';
import { COST } from './pickle-limits.js';
import type { OpcodeHandler, OpcodeTable, PickleMachine } from './pickle-machine.js';
import { buildObject, constructObject, globalNamed } from './pickle-objects.js';
import { OP } from './pickle-opcodes.js';

function pushGlobal({ stack }: PickleMachine, module: string, name: string): void {
  stack.charge(COST.container);
  stack.push(globalNamed(module, name));
}

const globalFromText: OpcodeHandler = (machine) => {
  machine.stack.charge(2 * COST.line);
  const module = machine.input.line();
  pushGlobal(machine, module, machine.input.line());
};

const globalFromStack: OpcodeHandler = (machine) => {
  const name = machine.stack.popText();
  pushGlobal(machine, machine.stack.popText(), name);
};

const newObjectWithKeywords: OpcodeHandler = ({ stack }) => {
  if (stack.popKind('dict').entries.size > 0) {
    throw new PickleRefusal('builds an object with keyword arguments');
  }
  constructObject(stack);
};

/** Decimal digits, as PUT and GET write them. */
const memoIndex = (line: string): number => (/^\d{1,15}$/.test(line) ? Number(line) : Number.NaN);

/** Opcodes for the memo, and for objects, all of which become plain data or are refused. */
export const OBJECT_OPCODES: OpcodeTable = new Map<number, OpcodeHandler>([
  [OP.PUT, ({ input, stack }) => stack.remember(memoIndex(input.line()))],
  [OP.BINPUT, ({ input, stack }) => stack.remember(input.u8())],
  [OP.LONG_BINPUT, ({ input, stack }) => stack.remember(input.u32())],
  [OP.MEMOIZE, ({ stack }) => stack.rememberNext()],
  [OP.GET, ({ input, stack }) => stack.recall(memoIndex(input.line()))],
  [OP.BINGET, ({ input, stack }) => stack.recall(input.u8())],
  [OP.LONG_BINGET, ({ input, stack }) => stack.recall(input.u32())],
  [OP.GLOBAL, globalFromText],
  [OP.STACK_GLOBAL, globalFromStack],
  [OP.REDUCE, ({ stack }) => constructObject(stack)],
  [OP.NEWOBJ, ({ stack }) => constructObject(stack)],
  [OP.NEWOBJ_EX, newObjectWithKeywords],
  [OP.BUILD, ({ stack }) => buildObject(stack)],
  [OP.BINPERSID, ({ stack, persistentLoad }) => stack.push(persistentLoad(stack.pop()))],
]);
