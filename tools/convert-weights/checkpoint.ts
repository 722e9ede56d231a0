import { inputError } from '../../src/errors.js';
import { type ByteSource, readUpTo } from '../../src/weights/byte-source.js';
import { describeFileKind, FILE_KIND_BYTES, type FileKind, fileKind } from '../../src/weights/file-kind.js';
import { quote } from '../../src/weights/quote.js';
import { type LazyTensor, lazyTensor } from './lazy-tensor.js';
import { openLegacyCheckpoint } from './legacy-checkpoint.js';
import type { PickleValue, PyTensor } from './pickle-values.js';
import { type Scalar, walkLeaves } from './walk.js';
import { type OpenedCheckpoint, openZipCheckpoint } from './zip-checkpoint.js';

/** The zip archive that torch.save writes since PyTorch 1.6, or the plain pickle stream before that. */
export type CheckpointFormat = 'pytorch-zip' | 'pytorch-legacy';

/** What is in a file that torch.save wrote. Tensors are read from the source when asked for. */
export interface Checkpoint {
  /** What error messages call the file. */
  readonly name: string;
  readonly format: CheckpointFormat;
  /** The saved object as plain data. */
  readonly root: PickleValue;
  /** By dotted name, in the order of the file. Names of one object are entries of one LazyTensor. */
  readonly tensors: ReadonlyMap<string, LazyTensor>;
  /** Numbers, strings, booleans and None by dotted name. */
  readonly scalars: ReadonlyMap<string, Scalar>;
  /** What was left out, as `dotted.name (kind)`. */
  readonly opaque: readonly string[];
}

const openers: Readonly<
  Partial<Record<FileKind, [CheckpointFormat, (source: ByteSource) => Promise<OpenedCheckpoint>]>>
> = {
  zip: ['pytorch-zip', openZipCheckpoint],
  pickle: ['pytorch-legacy', openLegacyCheckpoint],
};

/** Views may show a storage many times over; this bounds what listing and hashing all of them can cost. */
const allTensorsLimit = (storageBytes: number): number => (64 << 20) + 16 * storageBytes;

/** One view is put together in memory. */
const oneTensorLimit = (storageBytes: number): number => (16 << 20) + 2 * storageBytes;

/** Distinct containers can give the same dotted name; the later ones are numbered so that none is lost. */
class FreeNames {
  readonly #next = new Map<string, number>();

  take(name: string): string {
    const n = this.#next.get(name) ?? 1;
    this.#next.set(name, n + 1);
    return n === 1 ? name : this.take(`${name} (${n})`);
  }
}

function collectLeaves(source: ByteSource, opened: OpenedCheckpoint) {
  const lazy = new Map<PyTensor, LazyTensor>();
  const tensors = new Map<string, LazyTensor>();
  const scalars = new Map<string, Scalar>();
  const opaque: string[] = [];
  const tensorNames = new FreeNames();
  const scalarNames = new FreeNames();
  let tensorBytes = 0;
  const lazyOf = (name: string, tensor: PyTensor): LazyTensor => {
    const known = lazy.get(tensor);
    if (known !== undefined) return known;
    const made = lazyTensor(`${source.name}: tensor ${quote(name)}`, tensor, opened.storages);
    tensorBytes += made.byteLength;
    const { storageBytes } = opened;
    if (made.byteLength > oneTensorLimit(storageBytes) || tensorBytes > allTensorsLimit(storageBytes)) {
      throw inputError(
        `${source.name} describes over ${tensorBytes} bytes of tensors on ${storageBytes} bytes of data, which no checkpoint does.`,
      );
    }
    lazy.set(tensor, made);
    return made;
  };
  walkLeaves(source.name, source.size, opened.root, {
    tensor: (name, tensor) => tensors.set(tensorNames.take(name), lazyOf(name, tensor)),
    scalar: (name, value) => scalars.set(scalarNames.take(name), value),
    opaque: (name, what) => opaque.push(`${name} (${what})`),
  });
  return { tensors, scalars, opaque };
}

/**
 * Reads a file that torch.save wrote, in the zip or the older format, pickle protocols 1 to 5, without
 * executing anything of it: the saved object becomes plain data, and only what is on the allow-list of
 * `torch.load(weights_only=True)` (plus numpy scalars and argparse namespaces, as opaque data) is accepted.
 *
 * @throws ZianError (input) where the file is of another kind, truncated, damaged, or asks for more.
 */
export async function readCheckpoint(source: ByteSource): Promise<Checkpoint> {
  const kind = fileKind(await readUpTo(source, 0, FILE_KIND_BYTES));
  const opener = openers[kind];
  if (opener === undefined) {
    throw inputError(`${source.name} is not a PyTorch checkpoint: ${describeFileKind(kind)}.`);
  }
  const [format, open] = opener;
  const opened = await open(source);
  return { name: source.name, format, root: opened.root, ...collectLeaves(source, opened) };
}
