import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inputError, type ZianError } from '../../src/errors.js';
import type {
  CaseInput,
  ConstantValue,
  Kernel,
  KernelCase,
  KernelSuite,
  Reference,
  Specs,
} from '../../src/kernels/contract.js';
import { storageBytes } from '../../src/kernels/layout.js';

/**
 * A kernel of the user's own: what a module given to `--case` exports by default. The shader gets the header that the
 * engine's kernels get (element types, extents and strides of its operands, see ARCHITECTURE.md, and these constants), and
 * binds inputs, then outputs, in their order here.
 */
export interface OwnKernel {
  readonly name: string;
  /** Path of the WGSL file, from the module's folder. */
  readonly shader: string;
  readonly inputs: Readonly<Record<string, CaseInput>>;
  readonly outputs: Specs;
  readonly constants?: Readonly<Record<string, ConstantValue>>;
  readonly workgroups: readonly [number, number, number];
  /** Operations of one run; a multiply-add counts as two. */
  readonly flops: number;
  /** Bytes that it must move at least; those of inputs and outputs unless given. */
  readonly bytes?: number;
  readonly tolerance: KernelCase['tolerance'];
  /** The right answer, in C order and float64. */
  readonly reference: Reference;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;
const isShape = (value: unknown): boolean =>
  Array.isArray(value) && value.length <= 4 && value.every(isCount);
const hasShapes = (value: unknown): boolean =>
  isObject(value) &&
  Object.keys(value).length > 0 &&
  Object.values(value).every((spec) => isObject(spec) && isShape(spec.shape));
const isNumber = (value: unknown): boolean => typeof value === 'number' && value >= 0;

/** What each field must be, as a test and in words. */
const FIELDS: readonly (readonly [keyof OwnKernel, (value: unknown) => boolean, string])[] = [
  ['name', (value) => typeof value === 'string' && value !== '', 'text'],
  ['shader', (value) => typeof value === 'string', 'the path of a WGSL file'],
  ['inputs', hasShapes, 'an object of { shape: [up to four sizes] }'],
  ['outputs', hasShapes, "an object of { shape: [up to four sizes], dtype: 'f32' }"],
  [
    'workgroups',
    (value) => Array.isArray(value) && value.length === 3 && value.every(isCount),
    'three counts',
  ],
  ['flops', isNumber, 'a number of operations'],
  [
    'tolerance',
    (value) => isObject(value) && isNumber(value.absolute) && isNumber(value.relative),
    '{ absolute, relative }',
  ],
  ['reference', (value) => typeof value === 'function', 'a function from inputs to outputs'],
];

function assertOwnKernel(value: unknown, path: string): asserts value is OwnKernel {
  if (!isObject(value)) throw inputError(`${path} must export an object by default: a kernel's record.`);
  for (const [field, fits, expected] of FIELDS)
    if (!fits(value[field])) throw inputError(`${path}: '${field}' must be ${expected}.`);
}

const unreadable = (path: string, cause: unknown): ZianError =>
  inputError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });

/** A suite of one kernel and one case. @throws ZianError (input) where the module or its shader cannot be used */
async function readOwnSuite(path: string): Promise<KernelSuite> {
  const module: { readonly default?: unknown } = await import(
    /* @vite-ignore */ pathToFileURL(resolve(path)).href
  ).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const own = module.default;
  assertOwnKernel(own, path);
  const shader = resolve(dirname(path), own.shader);
  const body = await readFile(shader, 'utf8').catch((error: unknown) => {
    throw unreadable(shader, error);
  });
  const operands = { ...own.inputs, ...own.outputs };
  const bytes = Object.values(operands).reduce(
    (sum, { shape, dtype = 'f32' }) => sum + storageBytes({ shape, dtype }),
    0,
  );
  const kernel: Kernel = {
    name: own.name,
    inputs: Object.keys(own.inputs),
    outputs: Object.keys(own.outputs),
    infer: () =>
      Object.fromEntries(
        Object.entries(own.outputs).map(([name, { shape, dtype = 'f32' }]) => [name, { shape, dtype }]),
      ),
    cost: () => ({ flops: own.flops, bytes: own.bytes ?? bytes }),
    variants: [
      {
        name: basename(shader),
        plan: () => ({
          dispatches: [
            {
              shader: { name: own.name, body },
              bindings: Object.keys(operands),
              constants: own.constants ?? {},
              workgroups: own.workgroups,
            },
          ],
        }),
      },
    ],
  };
  const record: KernelCase = {
    name: basename(path),
    inputs: own.inputs,
    attributes: {},
    tolerance: own.tolerance,
    why: 'as its author says',
    bench: true,
  };
  return { kernel, cases: [record], reference: own.reference };
}

/** The kernels of some modules. They are programs: only one's own should be given. */
export const readOwnSuites = (paths: readonly string[]): Promise<KernelSuite[]> =>
  Promise.all(paths.map(readOwnSuite));
