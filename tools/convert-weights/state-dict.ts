import { inputError } from '../../src/errors.js';
import { quote } from '../../src/weights/quote.js';
import type { Checkpoint } from './checkpoint.js';
import type { LazyTensor } from './lazy-tensor.js';
import { isKind } from './pickle-values.js';

/** The tensors of one model, by the names that the model's own code gives them. */
export interface StateDict {
  /** What error messages call the file. */
  readonly source: string;
  readonly tensors: ReadonlyMap<string, LazyTensor>;
  /** The key of the checkpoint that held it, or null where the checkpoint is the state dict itself. */
  readonly wrapper: string | null;
}

/** Keys under which training scripts put a state dict; the best weights before the last ones. */
const WRAPPERS = ['best_state_dict', 'state_dict', 'model', 'model_state_dict', 'net'];

/** What torch.nn.DataParallel puts before every name. */
const DATA_PARALLEL = /^(?:module\.)+/;

function findWrapper({ root, tensors }: Checkpoint): string | null {
  if (!isKind(root, 'dict')) return null;
  const holdsTensors = (wrapper: string): boolean =>
    isKind(root.entries.get(wrapper), 'dict') &&
    [...tensors.keys()].some((name) => name.startsWith(`${wrapper}.`));
  return WRAPPERS.find(holdsTensors) ?? null;
}

/**
 * Finds the state dict in a checkpoint: inside `best_state_dict`, `state_dict`, `model`, `model_state_dict` or
 * `net` where there is one with tensors in it, and without `module.` before the names.
 *
 * @throws ZianError (input) where there are no tensors, or two names become one without `module.`.
 */
export function selectStateDict(checkpoint: Checkpoint): StateDict {
  const { name: source } = checkpoint;
  const wrapper = findWrapper(checkpoint);
  const prefix = wrapper === null ? '' : `${wrapper}.`;
  const tensors = new Map<string, LazyTensor>();
  const clashes: string[] = [];
  for (const [fullName, tensor] of checkpoint.tensors) {
    if (!fullName.startsWith(prefix)) continue;
    const name = fullName.slice(prefix.length).replace(DATA_PARALLEL, '');
    if (tensors.has(name)) clashes.push(quote(name));
    tensors.set(name, tensor);
  }
  if (clashes.length > 0) {
    throw inputError(
      `${source} has ${clashes.join(', ')} both with and without "module." before it; it is unclear which is meant.`,
    );
  }
  if (tensors.size === 0) throw inputError(`${source} has no tensors in it, so it is no model's checkpoint.`);
  return { source, tensors, wrapper };
}
