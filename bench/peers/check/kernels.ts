import { GraphBuilder, type Value } from '../../../src/graph/index.js';
import type { FuzzCase, KernelCase, KernelSuite } from '../../../src/kernels/contract.js';
import { memorySink } from '../../../src/weights/index.js';
import { caseTensors, type DeviceTensors } from '../../../test/support/case-tensors.js';
import { compare } from '../../../test/support/compare.js';
import { random } from '../../../test/support/random.js';
import { exportOnnx } from '../../../tools/export-onnx/index.js';
import type { Ort, OrtTensor } from '../ort.js';

/** Drawn cases of each kernel. */
const DRAWN = 20;
/**
 * ONNX Runtime rounds otherwise than plain float32 sums do, which the cases' tolerances are for: it blocks its sums,
 * computes positions of its own, and approximates exp and erf.
 */
const FACTOR = 4;
/** Of drawn cases of kernels that must be exact here, because they only select or move: positions are computed there. */
const LEAST = { absolute: 2e-6, relative: 2e-6 };

/** What became of one kernel's cases. */
export interface KernelCheck {
  readonly kernel: string;
  readonly agreed: number;
  /** Number of cases by the reason why they are not. */
  readonly notCompared: ReadonlyMap<string, number>;
  /** A line each. */
  readonly wrong: readonly string[];
}

type Case = FuzzCase & Partial<Pick<KernelCase, 'name' | 'tolerance'>>;

/** A kernel used once, its constants known and its other operands inputs, as an ONNX file in memory. */
async function exported(
  { kernel }: KernelSuite,
  { attributes }: Case,
  tensors: DeviceTensors,
): Promise<Uint8Array> {
  const builder = new GraphBuilder();
  const operands: Record<string, Value> = {};
  for (const [name, { shape, data, dtype }] of Object.entries(tensors))
    operands[name] = kernel.constants?.includes(name)
      ? builder.data(name, data, shape, dtype)
      : builder.input(name, shape, dtype);
  for (const [name, value] of Object.entries(builder.kernel(kernel, kernel.name, operands, attributes)))
    builder.output(name, value);
  const sink = memorySink();
  const nothing = async (name: string): Promise<never> => {
    throw new Error(`there is no weight '${name}'`);
  };
  await exportOnnx(builder.build(), { name: kernel.name, readWeight: nothing, version: '0' }).write(sink);
  return sink.bytes();
}

async function checkCase(ort: Ort, suite: KernelSuite, record: Case): Promise<string | undefined> {
  const tensors = caseTensors(record.inputs, false);
  const session = await ort.InferenceSession.create(await exported(suite, record, tensors), {
    executionProviders: ['cpu'],
  });
  const feeds: Record<string, OrtTensor> = {};
  for (const name of session.inputNames) {
    const { shape = [], data = new Float64Array(), dtype } = tensors[name] ?? {};
    feeds[name] =
      dtype === 'u32'
        ? new ort.Tensor('int64', BigInt64Array.from(data, BigInt), shape)
        : new ort.Tensor('float32', Float32Array.from(data), shape);
  }
  const results = await session.run(feeds);
  await session.release();
  const { absolute, relative } = record.tolerance ?? suite.fuzzTolerance ?? LEAST;
  const tolerance = {
    absolute: Math.max(LEAST.absolute, FACTOR * absolute),
    relative: Math.max(LEAST.relative, FACTOR * relative),
  };
  for (const [name, want] of Object.entries(suite.reference(tensors, record.attributes))) {
    const got = results[name];
    if (!got) return `there is no output '${name}'`;
    const fault = compare({ shape: got.dims, data: Float64Array.from(got.data, Number) }, want, tolerance);
    if (fault !== undefined) return `${name}: ${fault}`;
  }
  return undefined;
}

/** Cases that ONNX Runtime computes otherwise, which does not matter to the networks here. */
const OTHERWISE: ReadonlyMap<string, string> = new Map([
  ['a dilated window with no pixel in the image is -∞', 'it gives the smallest finite number'],
  [
    'an index past the tables takes their last row',
    'ONNX refuses such an index; peaks lie within the tables',
  ],
  [
    'coarse input 3×1024×1024 to 256×256',
    'it rounds positions to float32, which moves values by up to 2e-4; the recorded runs show what comes of it',
  ],
]);

/** Why a case is not compared; undefined where it is. */
function leftOut(suite: KernelSuite, { name = '', inputs, attributes }: Case): string | undefined {
  if (Object.values(inputs).some(({ values }) => values?.some((v) => !Number.isFinite(v))))
    return 'ONNX does not say what becomes of NaN and infinity';
  if (suite.kernel.name === 'conv2d' && Number(attributes.branches ?? 1) > 1)
    return 'merged branches are not exported';
  return OTHERWISE.get(name);
}

/** Compares every case of a kernel, and drawn ones, with its float64 reference. */
export async function checkKernel(ort: Ort, suite: KernelSuite): Promise<KernelCheck> {
  const next = random(1);
  const drawn = suite.fuzz ? Array.from({ length: DRAWN }, (): Case | undefined => suite.fuzz?.(next)) : [];
  const all = [...suite.cases.filter(({ large }) => !large), ...drawn];
  const wrong: string[] = [];
  const notCompared = new Map<string, number>();
  let agreed = 0;
  for (const record of all) {
    if (!record) continue;
    const why = leftOut(suite, record);
    if (why !== undefined) {
      notCompared.set(why, (notCompared.get(why) ?? 0) + 1);
      continue;
    }
    const fault = await checkCase(ort, suite, record).catch((error: unknown) =>
      error instanceof Error ? error.message.split('\n')[0] : String(error),
    );
    if (fault === undefined) agreed++;
    else wrong.push(`${suite.kernel.name}, ${record.name ?? JSON.stringify(record)}: ${fault}`);
  }
  return { kernel: suite.kernel.name, agreed, notCompared, wrong };
}
