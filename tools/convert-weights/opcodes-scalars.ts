import { narrow, PickleRefusal } from './pickle-input.js';
import { COST } from './pickle-limits.js';
import type { OpcodeHandler, OpcodeTable, PickleMachine } from './pickle-machine.js';
import { OP } from './pickle-opcodes.js';
import type { PickleValue } from './pickle-values.js';

const pushing =
  (read: (machine: PickleMachine) => PickleValue): OpcodeHandler =>
  (machine) =>
    machine.stack.push(read(machine));

/** A value written as a line of text, as protocol 0 writes all. */
const line =
  (parse: (text: string) => PickleValue): OpcodeHandler =>
  ({ input, stack }) => {
    stack.charge(COST.line);
    stack.push(parse(input.line()));
  };

const text =
  (lengthOf: (machine: PickleMachine) => number): OpcodeHandler =>
  (machine) => {
    const length = lengthOf(machine);
    machine.stack.charge(length * COST.charFactor + COST.text);
    machine.stack.push(machine.input.text(length));
  };

const bytes =
  (lengthOf: (machine: PickleMachine) => number): OpcodeHandler =>
  (machine) => {
    const content = machine.input.bytes(lengthOf(machine));
    machine.stack.charge(content.byteLength + COST.bytes);
    // A copy, so that it does not keep the whole pickle in memory.
    machine.stack.push(content.slice());
  };

/** Python 2 does not say whether a string is text or bytes: text where it is UTF-8. */
const python2String =
  (lengthOf: (machine: PickleMachine) => number): OpcodeHandler =>
  (machine) => {
    const content = machine.input.bytes(lengthOf(machine));
    machine.stack.charge(content.byteLength * COST.charFactor + COST.bytes);
    machine.stack.push(decodeUtf8(content) ?? content.slice());
  };

function decodeUtf8(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** INT and LONG of protocols 0 and 1; INT also writes booleans, as 00 and 01. */
function parseInteger(line: string): PickleValue {
  if (line === '00' || line === '01') return line === '01';
  const digits = line.endsWith('L') ? line.slice(0, -1) : line;
  if (!/^[+-]?\d+$/.test(digits)) throw new PickleRefusal('has an integer that is none');
  return narrow(BigInt(digits));
}

function checkProtocol({ input }: PickleMachine): void {
  const protocol = input.u8();
  if (protocol > 5) throw new PickleRefusal(`is of protocol ${protocol}; 5 is the newest that is known`);
}

/** Opcodes that push a value which is all in the opcode's own bytes. */
export const SCALAR_OPCODES: OpcodeTable = new Map<number, OpcodeHandler>([
  [OP.PROTO, checkProtocol],
  [OP.FRAME, ({ input }) => void input.u64()],
  [OP.NONE, pushing(() => null)],
  [OP.NEWTRUE, pushing(() => true)],
  [OP.NEWFALSE, pushing(() => false)],
  [OP.BININT, pushing(({ input }) => input.i32())],
  [OP.BININT1, pushing(({ input }) => input.u8())],
  [OP.BININT2, pushing(({ input }) => input.u16())],
  [OP.LONG1, pushing(({ input }) => input.long(input.u8()))],
  [OP.LONG4, pushing(({ input }) => input.long(input.u32()))],
  [OP.BINFLOAT, pushing(({ input }) => input.f64())],
  [OP.INT, line(parseInteger)],
  [OP.LONG, line(parseInteger)],
  [OP.FLOAT, line(Number)],
  [OP.SHORT_BINUNICODE, text(({ input }) => input.u8())],
  [OP.BINUNICODE, text(({ input }) => input.u32())],
  [OP.BINUNICODE8, text(({ input }) => input.u64())],
  [OP.SHORT_BINBYTES, bytes(({ input }) => input.u8())],
  [OP.BINBYTES, bytes(({ input }) => input.u32())],
  [OP.BINBYTES8, bytes(({ input }) => input.u64())],
  [OP.BYTEARRAY8, bytes(({ input }) => input.u64())],
  [OP.SHORT_BINSTRING, python2String(({ input }) => input.u8())],
  [OP.BINSTRING, python2String(({ input }) => input.u32())],
]);
