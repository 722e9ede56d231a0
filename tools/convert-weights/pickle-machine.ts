import type { PickleInput } from './pickle-input.js';
import type { PickleStack } from './pickle-stack.js';
import type { PickleValue } from './pickle-values.js';

/** Turns a persistent id (PyTorch's reference to a storage) into a value. */
export type PersistentLoad = (id: PickleValue) => PickleValue;

/** What an opcode works on. */
export interface PickleMachine {
  readonly input: PickleInput;
  readonly stack: PickleStack;
  readonly persistentLoad: PersistentLoad;
}

/** The effect of one opcode. */
export type OpcodeHandler = (machine: PickleMachine) => void;

export type OpcodeTable = ReadonlyMap<number, OpcodeHandler>;
