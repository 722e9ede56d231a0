import { CONTAINER_OPCODES } from './opcodes-containers.js';
import { OBJECT_OPCODES } from './opcodes-objects.js';
import { SCALAR_OPCODES } from './opcodes-scalars.js';
import { PickleInput, PickleRefusal } from './pickle-input.js';
import type { OpcodeTable, PersistentLoad, PickleMachine } from './pickle-machine.js';
import { OP, opcodeName } from './pickle-opcodes.js';
import { PickleStack } from './pickle-stack.js';
import type { PickleValue } from './pickle-values.js';

const HANDLERS: OpcodeTable = new Map([...SCALAR_OPCODES, ...CONTAINER_OPCODES, ...OBJECT_OPCODES]);

/**
 * Reads the pickle at the start of `bytes` (protocols 1 to 5, opcodes as in Python's `pickletools`) into plain
 * data. Nothing is executed: globals must be on an allow-list, and calls of them become descriptions.
 *
 * @param fileBytes of the file that it is in: what it may build grows with them
 * @returns its value and the number of bytes that it takes
 * @throws EndOfPickleInput where it goes on after the bytes, PickleRefusal where it is malformed, asks
 *   for anything that is not on the allow-list, or exceeds a limit.
 */
export function readPickle(
  bytes: Uint8Array,
  persistentLoad: PersistentLoad,
  fileBytes: number,
): { value: PickleValue; end: number } {
  const machine: PickleMachine = {
    input: new PickleInput(bytes),
    stack: new PickleStack(fileBytes),
    persistentLoad,
  };
  for (;;) {
    const code = machine.input.u8();
    if (code === OP.STOP) return { value: machine.stack.pop(), end: machine.input.position };
    const handler = HANDLERS.get(code);
    if (handler === undefined) {
      throw new PickleRefusal(`uses the opcode ${opcodeName(code)}, which PyTorch does not write`);
    }
    handler(machine);
  }
}
