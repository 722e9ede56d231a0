import { usageError, ZianError } from '../src/errors.js';
import { DispatchTimer } from '../src/graph/dispatch-timer.js';
import type { EngineDevice } from '../src/graph/index.js';
import type { Cost, Kernel, KernelCase, KernelSuite, RefTensor, Variant } from '../src/kernels/contract.js';
import { caseTensors, type DeviceTensors } from '../test/support/case-tensors.js';
import { compare } from '../test/support/compare.js';
import { type PlacedCall, placeCall, variantsFor } from '../test/support/placement.js';
import { PreparedKernel } from '../test/support/prepared-kernel.js';
import { toleranceFor } from '../test/support/tolerance.js';
import { type Effort, type Measurement, measureInterleaved, millisecondsOf } from './measure.js';
import { type Throughput, throughput } from './throughput.js';

/** One variant of a kernel on one case: timed, or why not. */
export type VariantResult = { readonly variant: string } & (
  | { readonly wrong: string }
  | (Measurement & Throughput)
);

export interface CaseResult {
  readonly kernel: string;
  readonly name: string;
  readonly cost: Cost;
  readonly variants: readonly VariantResult[];
}

/** A case together with the suite that it is from. */
export interface BenchCase {
  readonly suite: KernelSuite;
  readonly record: KernelCase;
}

/**
 * The cases that are to be timed.
 * @param filter a part of `KERNEL CASE`, in either case of letters
 * @throws ZianError (usage) where it fits none
 */
export function selectCases(suites: readonly KernelSuite[], filter = ''): BenchCase[] {
  const all = suites.flatMap((suite) =>
    suite.cases.filter(({ bench }) => bench).map((record) => ({ suite, record })),
  );
  const found = all.filter(({ suite, record }) =>
    `${suite.kernel.name} ${record.name}`.toLowerCase().includes(filter.toLowerCase()),
  );
  if (found.length === 0) {
    const kernels = [...new Set(all.map(({ suite }) => suite.kernel.name))].join(', ');
    throw usageError(`No bench case's kernel or name contains '${filter}'; there are cases of ${kernels}.`);
  }
  return found;
}

/** Why a variant's answer is wrong; undefined where it is right. */
async function fault(
  prepared: PreparedKernel,
  want: Readonly<Record<string, RefTensor>>,
  tolerance: KernelCase['tolerance'],
): Promise<string | undefined> {
  const got = await prepared.run();
  for (const [name, tensor] of Object.entries(want)) {
    const actual = got[name];
    const message = actual ? compare(actual, tensor, tolerance) : 'it is missing';
    if (message !== undefined) return `${name}: ${message}`;
  }
  return undefined;
}

type Checked = { readonly variant: string } & (
  | { readonly prepared: PreparedKernel }
  | { readonly wrong: string }
);

/** Runs a variant once; a compile error is its fault too, unless the device is gone. */
async function check(
  device: EngineDevice,
  kernel: Kernel,
  variant: Variant,
  { placed, inputs, want, record }: PreparedCase,
): Promise<Checked> {
  let prepared: PreparedKernel | undefined;
  try {
    prepared = await PreparedKernel.create(device.gpu, kernel, variant, inputs, placed);
    const wrong = await fault(prepared, want, toleranceFor(kernel, variant.name, record.tolerance));
    device.assertAlive();
    if (wrong === undefined) return { variant: variant.name, prepared };
    prepared.destroy();
    return { variant: variant.name, wrong };
  } catch (error) {
    prepared?.destroy();
    device.assertAlive();
    if (error instanceof ZianError && error.kind !== 'device') throw error;
    return { variant: variant.name, wrong: error instanceof Error ? error.message : String(error) };
  }
}

interface PreparedCase {
  readonly placed: PlacedCall;
  readonly inputs: DeviceTensors;
  readonly want: Readonly<Record<string, RefTensor>>;
  readonly record: KernelCase;
}

/**
 * Times every variant that applies to a case and gives the reference's answer.
 * @throws ZianError (device) when the device is lost
 */
export async function benchCase(
  device: EngineDevice,
  { suite: { kernel, reference }, record }: BenchCase,
  effort: Effort,
): Promise<CaseResult> {
  const inputs = caseTensors(record.inputs, false);
  const placed = placeCall(kernel, inputs, record.attributes, 0);
  const want = reference(inputs, record.attributes);
  const variants = variantsFor(device.gpu, kernel, placed.call);
  const checked: Checked[] = [];
  const timer = new DispatchTimer(device.gpu);
  try {
    for (const variant of variants)
      checked.push(await check(device, kernel, variant, { placed, inputs, want, record }));
    const right = checked.flatMap((entry) => ('prepared' in entry ? [entry.prepared] : []));
    const measured = await measureInterleaved(
      right.map(({ dispatches }) => async (repeats: number) => {
        const sample = await timer.sample(dispatches, repeats);
        device.assertAlive();
        return sample;
      }),
      effort,
    );
    const cost = kernel.cost(placed.call);
    return {
      kernel: kernel.name,
      name: record.name,
      cost,
      variants:
        variants.length === 0
          ? [{ variant: '-', wrong: 'no variant applies on this device' }]
          : checked.map((entry) => resultOf(entry, cost, (prepared) => measured[right.indexOf(prepared)])),
    };
  } finally {
    timer.destroy();
    for (const entry of checked) if ('prepared' in entry) entry.prepared.destroy();
  }
}

function resultOf(
  entry: Checked,
  cost: Cost,
  measurementOf: (prepared: PreparedKernel) => Measurement | undefined,
): VariantResult {
  if ('wrong' in entry) return entry;
  const measurement = measurementOf(entry.prepared);
  if (!measurement) throw new Error(`${entry.variant} was not measured`);
  return {
    variant: entry.variant,
    ...measurement,
    ...throughput(cost, millisecondsOf(measurement).median),
  };
}
