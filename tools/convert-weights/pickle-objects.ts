import { printable, quote } from '../../src/weights/quote.js';
import { PYTHON_GLOBALS } from './pickle-globals.js';
import { PickleRefusal } from './pickle-input.js';
import { COST, PICKLE_LIMITS } from './pickle-limits.js';
import type { PickleStack } from './pickle-stack.js';
import { isKind, kindOf, type PickleValue, type PyGlobal } from './pickle-values.js';
import { isTorchType, TORCH_GLOBALS } from './torch-globals.js';

/** Python 2's names of modules, which protocols below 3 keep using. */
const MODULE_NAMES: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
]);

const isAllowed = (name: string): boolean =>
  TORCH_GLOBALS.has(name) || PYTHON_GLOBALS.has(name) || isTorchType(name);

/** Python pickles functions of `os` under the name of the platform's module. */
function described(name: string): string {
  const alias = /^(?:posix|nt)\.(.*)$/s.exec(name)?.[1];
  return quote(name, 120) + (alias === undefined ? '' : ` (${printable(`os.${alias}`, 120)})`);
}

/**
 * A class or function that the pickle mentions.
 *
 * @throws PickleRefusal, naming it, where it is not on the allow-list.
 */
export function globalNamed(module: string, name: string): PyGlobal {
  const fullName = `${MODULE_NAMES.get(module) ?? module}.${name}`;
  if (fullName.length > PICKLE_LIMITS.textLine || !isAllowed(fullName)) {
    throw new PickleRefusal(
      `asks for ${described(fullName)}, which is not plain data, so the file is refused and nothing was executed; save only the model's state_dict()`,
    );
  }
  return { kind: 'global', name: fullName };
}

function call(
  stack: PickleStack,
  callable: PickleValue | undefined,
  args: PickleValue | undefined,
  depth: number,
): PickleValue {
  if (!isKind(callable, 'global') || !isKind(args, 'tuple') || depth > 1) {
    throw new PickleRefusal('calls something that is no function or type');
  }
  const construct = TORCH_GLOBALS.get(callable.name) ?? PYTHON_GLOBALS.get(callable.name);
  if (!construct) {
    throw new PickleRefusal(`calls ${quote(callable.name)}, which no state dict needs; nothing was executed`);
  }
  return construct(args.items, {
    charge: (bytes) => stack.charge(bytes),
    call: (inner, innerArgs) => call(stack, inner, innerArgs, depth + 1),
  });
}

/** REDUCE and NEWOBJ: replaces a global and its arguments by the data that the call stands for. */
export function constructObject(stack: PickleStack): void {
  const args = stack.pop();
  const callable = stack.pop();
  stack.charge(COST.container);
  stack.push(call(stack, callable, args, 0));
}

/** BUILD gives the object on the stack its state: of no use here but for the parameters of old. */
export function buildObject(stack: PickleStack): void {
  const state = stack.pop();
  const target = stack.top();
  if (isKind(target, 'dict') || isKind(target, 'opaque')) return;
  if (!isKind(target, 'parameter')) throw new PickleRefusal(`gives a state to a ${kindOf(target)}`);
  // (data, grad, backward hooks, requires_grad, is_volatile), as Variables were pickled.
  const data = isKind(state, 'tuple') && state.items.length === 5 ? state.items[0] : undefined;
  if (isKind(data, 'tensor')) target.data = data;
}
