import { inputError } from '../../src/errors.js';
import type { ByteSink } from '../../src/weights/byte-sink.js';
import { printable } from '../../src/weights/quote.js';
import { type SafetensorsEntry, writeSafetensors } from '../../src/weights/safetensors-writer.js';
import { type FloatDtype, isFloatDtype, readWeights, type WeightDtype } from './float-tensor.js';
import type { LazyTensor } from './lazy-tensor.js';
import type { StateDict } from './state-dict.js';

/** A tensor that the model needs. */
export interface PlannedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** How far `convertCheckpoint` is. */
export interface ConvertProgress {
  readonly name: string;
  /** Bytes of the checkpoint's tensors that are done, and that will be in all. */
  readonly done: number;
  readonly total: number;
}

/** What `convertCheckpoint` writes, and where. */
export interface ConvertOptions {
  readonly dtype: WeightDtype;
  /** The tensors wanted; they are written in this order. */
  readonly plan: readonly PlannedTensor[];
  readonly sink: ByteSink;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Names that may be in the checkpoint without being wanted. */
  readonly ignore?: (name: string) => boolean;
  /** Called after each tensor. */
  readonly onProgress?: (progress: ConvertProgress) => void;
}

/** What `convertCheckpoint` wrote. */
export interface ConvertResult {
  readonly tensors: number;
  readonly parameters: number;
  /** Size of the file written. */
  readonly bytes: number;
}

type FloatTensor = LazyTensor & { readonly dtype: FloatDtype };

const isFloatTensor = (tensor: LazyTensor): tensor is FloatTensor => isFloatDtype(tensor.dtype);

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** Every way in which a state dict departs from the plan, one line each. */
export function planProblems(
  tensors: ReadonlyMap<string, LazyTensor>,
  plan: readonly PlannedTensor[],
  ignore: (name: string) => boolean = () => false,
): string[] {
  const wanted = new Set(plan.map(({ name }) => name));
  const missing: string[] = [];
  const wrong: string[] = [];
  for (const { name, shape } of plan) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      missing.push(`missing: ${printable(name)} [${shape}]`);
    } else if (!sameShape(tensor.shape, shape)) {
      wrong.push(`misshapen: ${printable(name)} is [${tensor.shape}], needed is [${shape}]`);
    } else if (!isFloatDtype(tensor.dtype)) {
      wrong.push(`not floating-point: ${printable(name)} is ${tensor.dtype}`);
    }
  }
  const unexpected = [...tensors]
    .filter(([name]) => !wanted.has(name) && !ignore(name))
    .map(([name, { shape }]) => `unexpected: ${printable(name)} [${shape}]`);
  return [...missing, ...wrong, ...unexpected];
}

function matchPlan(
  { source, tensors }: StateDict,
  { plan, ignore }: ConvertOptions,
): Map<string, FloatTensor> {
  const problems = planProblems(tensors, plan, ignore);
  if (problems.length > 0) {
    throw inputError(
      `${source} does not hold the model that was asked for; ${problems.length} of its tensors differ:\n  ${problems.join('\n  ')}`,
    );
  }
  const matched = new Map<string, FloatTensor>();
  for (const { name } of plan) {
    const tensor = tensors.get(name);
    if (tensor !== undefined && isFloatTensor(tensor)) matched.set(name, tensor);
  }
  return matched;
}

/**
 * Writes the tensors of a plan as a safetensors file, one at a time, as float32 or float16.
 *
 * @throws ZianError (input) that lists every missing, unexpected, misshapen or non-floating tensor, before
 *   anything is written; or for a value that is NaN, infinite or out of range, naming the tensor.
 */
export async function convertCheckpoint(
  stateDict: StateDict,
  options: ConvertOptions,
): Promise<ConvertResult> {
  const { dtype, sink, metadata, onProgress } = options;
  const matched = matchPlan(stateDict, options);
  let total = 0;
  let parameters = 0;
  for (const { byteLength, count } of matched.values()) {
    total += byteLength;
    parameters += count;
  }
  let done = 0;
  const entries = [...matched].map(
    ([name, tensor]): SafetensorsEntry => ({
      name,
      dtype: dtype === 'f32' ? 'F32' : 'F16',
      shape: tensor.shape,
      async bytes() {
        const bytes = await readWeights(stateDict.source, name, tensor, dtype);
        done += tensor.byteLength;
        onProgress?.({ name, done, total });
        return bytes;
      },
    }),
  );
  const bytes = await writeSafetensors(sink, entries, metadata);
  return { tensors: entries.length, parameters, bytes };
}
