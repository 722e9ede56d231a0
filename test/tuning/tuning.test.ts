import { describe, expect, it } from 'vitest';
import { ZianError } from '../../src/errors.js';
import { DEFAULT_LIMITS } from '../../src/graph/device.js';
import { Executable } from '../../src/graph/index.js';
import type { Kernel, Variant } from '../../src/kernels/contract.js';
import { multiply } from '../../src/kernels/multiply/multiply.js';
import { suites } from '../../src/kernels/suites.js';
import {
  adapterKey,
  callSignature,
  chooseFrom,
  parseTuningTable,
  TuningTable,
  tune,
} from '../../src/tuning/index.js';
import { agrees, winner } from '../../src/tuning/tune-call.js';
import { referenceOutputs } from '../graph/reference.js';
import {
  compute,
  layered,
  sharedPipelines,
  type TestGraph,
  worstDistance,
  writeInputs,
} from '../graph/support.js';
import { caseTensors } from '../support/case-tensors.js';
import { testDevice } from '../support/device.js';
import { placeCall } from '../support/placement.js';

/** Convolutions that several variants can do, two of them alike. */
const network = (): TestGraph =>
  layered((l, builder) => {
    const x = builder.input('x', [1, 16, 24, 24]);
    const a = l.m.relu(l.conv('a', x, 16, { bias: true }));
    const b = l.m.relu(l.conv('b', a, 16, { bias: true }));
    builder.output('y', l.conv('c', b, 5, { kernel: 1 }));
  });

const tuned = async (test: TestGraph, table: TuningTable, budgetMilliseconds = 60_000) =>
  tune(test.graph, await testDevice(), table, { budgetMilliseconds, pipelines: await sharedPipelines() });

describe('tune', () => {
  it('measures each distinct call once, and what it chooses computes the same', async () => {
    const test = network();
    const table = new TuningTable('here');
    const progress: number[] = [];
    const result = await tune(test.graph, await testDevice(), table, {
      budgetMilliseconds: 60_000,
      pipelines: await sharedPipelines(),
      onProgress: (done) => progress.push(done),
    });
    // a and b are alike but for the operand that is not there: their weights' shapes, and what follows.
    expect(result).toEqual({ calls: table.size, measured: table.size, missing: 0 });
    expect(progress).toEqual(Array.from({ length: table.size + 1 }, (_, i) => i));
    for (const [signature, { variant, milliseconds }] of table.entries()) {
      expect(signature).toMatch(/^conv2d; x f32 1×16×24×24; /);
      expect(Object.keys(milliseconds).length).toBeGreaterThan(1);
      expect(Object.values(milliseconds).every((time) => time !== null && time > 0)).toBe(true);
      expect(milliseconds).toHaveProperty([variant]);
    }
    const executable = await Executable.compile(test.graph, await testDevice(), {
      readWeight: test.readWeight,
      pipelines: await sharedPipelines(),
      chooseVariant: chooseFrom(table),
    });
    for (const { node, call, variant } of executable.steps) {
      const chosen = table.get(node.kernel, call)?.variant;
      if (chosen !== undefined) expect(variant.name).toBe(chosen);
    }
    writeInputs(executable, test.graph);
    const got = await executable.run(['y']);
    expect(worstDistance(got, await referenceOutputs(test)).distance).toBeLessThan(1e-5);
    executable.destroy();
    expect(await tuned(test, table)).toMatchObject({ measured: 0, missing: 0 });
  });

  it('begins nothing without a budget, and says what is missing', async () => {
    const table = new TuningTable('here');
    const { calls, ...rest } = await tuned(network(), table, 0);
    expect(calls).toBeGreaterThan(0);
    expect(rest).toEqual({ measured: 0, missing: calls });
    expect(table.size).toBe(0);
  });

  it('can be aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const device = await testDevice();
    await expect(
      tune(network().graph, device, new TuningTable('here'), { budgetMilliseconds: 60_000, signal }),
    ).rejects.toThrow('enough');
  });

  it('lets no variant win that is wrong, gives NaN or does not compile', async () => {
    const [plain] = multiply.variants;
    if (!plain) throw new Error('multiply has a variant');
    const bent = (name: string, change: (body: string) => string): Variant => ({
      name,
      plan(call, limits) {
        const plan = plain.plan(call, limits);
        return {
          ...plan,
          dispatches: plan.dispatches.map((dispatch) => ({
            ...dispatch,
            shader: { ...dispatch.shader, name, body: change(dispatch.shader.body) },
          })),
        };
      },
    });
    const kernel: Kernel = {
      ...multiply,
      variants: [
        bent('wrong', (body) => body.replace('* factor', '* factor * 1.001')),
        bent('nothing', (body) => body.replace('if (i >= ', 'if (i >= 8u || i >= ')),
        bent('nan', (body) => body.replace('* factor', '* factor * bitcast<f32>(0x7fc00000u + (i & 1u))')),
        bent('broken', (body) => body.replace('let pixel', 'let pixel oh')),
        bent('same', (body) => body),
        plain,
      ],
    };
    const test = layered((_, builder) => {
      const [a, b] = ['a', 'b'].map((name) => builder.input(name, [1, 8, 16, 16]));
      if (a && b) builder.output('y', builder.apply(kernel, 'product', { a, b }, {}));
    });
    const table = new TuningTable('here');
    await tuned(test, table);
    const [entry] = [...table.entries()];
    expect(entry?.[1].milliseconds).toMatchObject({ wrong: null, nothing: null, nan: null, broken: null });
    expect(entry?.[1].milliseconds.plain).toBeGreaterThan(0);
    expect(entry?.[1].milliseconds.same).toBeGreaterThan(0);
    expect(['plain', 'same']).toContain(entry?.[1].variant);
    (await testDevice()).assertAlive();
  });
});

describe('winner', () => {
  const standard: Variant = { name: 'standard', plan: () => ({ dispatches: [] }) };
  it.each([
    [{ standard: 10, other: 9 }, 'other'],
    [{ standard: 10, other: 9.8 }, 'standard'],
    [{ standard: null, other: 20 }, 'other'],
    [{ standard: 10, other: null }, 'standard'],
    [{ standard: 10, other: 9, third: 8 }, 'third'],
  ])('of %o is %s', (milliseconds, expected) => {
    expect(winner(milliseconds, standard)).toBe(expected);
  });
});

describe('agrees', () => {
  const want = Float32Array.of(1, -4, 0);
  it.each([
    [[1, -4, 0], true],
    [[1 + 3e-5, -4, 0], true],
    [[1 + 5e-5, -4, 0], false],
    [[Number.NaN, -4, 0], false],
    [[1, Number.NEGATIVE_INFINITY, 0], false],
    [[1, -4], false],
  ])('compares with the largest value: %o', (got, expected) => {
    expect(agrees(Float32Array.from(got), want, 1e-5)).toBe(expected);
  });
});

describe('TuningTable', () => {
  const report = {
    ...{ name: 'GPU', vendor: 'v', architecture: '', description: 'driver 1.2', backend: 'vulkan' },
    ...{ software: false, features: [], limits: DEFAULT_LIMITS },
  };
  const table = new TuningTable(adapterKey(report), [
    ['a call', { variant: 'fast', milliseconds: { fast: 1.5, bad: null } }],
  ]);

  it('is for an adapter and its driver', () => {
    expect(table.adapter).toBe('GPU | v | driver 1.2 | vulkan');
  });

  it('reads what it wrote', () => {
    const read = parseTuningTable(table.serialize(), 'file');
    expect(read.adapter).toBe(table.adapter);
    expect([...read.entries()]).toEqual([...table.entries()]);
  });

  it('takes over what another one has measured', () => {
    const other = new TuningTable('x', [
      ['a call', { variant: 'bad', milliseconds: {} }],
      ['another', { variant: 'b', milliseconds: {} }],
    ]);
    const merged = new TuningTable('x', table.entries());
    merged.merge(other);
    expect([...merged.entries()].map(([, { variant }]) => variant)).toEqual(['bad', 'b']);
  });

  it.each([
    ['', 'it is not JSON'],
    ['[]', 'it has no "format"'],
    ['{"format":"zian-webgpu tuning","version":2}', 'its version is 2, expected 1; tune again'],
    [
      '{"format":"zian-webgpu tuning","version":1,"adapter":"a","calls":[]}',
      '"adapter" must be text and "calls" an object',
    ],
    [
      '{"format":"zian-webgpu tuning","version":1,"adapter":"a","calls":{"c":{"variant":"v","milliseconds":{"v":-1}}}}',
      "the entry 'c' needs",
    ],
  ])('refuses anything else: %s', (text, message) => {
    const read = () => parseTuningTable(text, 'table.json');
    expect(read).toThrow(ZianError);
    expect(read).toThrow(`table.json is no tuning table of this program: ${message}`);
  });
});

describe('callSignature', () => {
  it('tells what matters, and not where operands lie', () => {
    const inputs = caseTensors({ a: { shape: [1, 4, 2, 3] }, b: { shape: [1, 1, 2, 3] } }, false);
    const near = placeCall(multiply, inputs, {}, 0).call;
    const far = placeCall(multiply, inputs, {}, 3).call;
    expect(callSignature(multiply, near)).toBe('multiply; a f32 1×4×2×3; b f32 1×1×2×3; y f32 1×4×2×3');
    expect(callSignature(multiply, far)).toBe(callSignature(multiply, near));
    const other = { ...near, attributes: { stride: [2, 2], groups: undefined, bias: true } };
    expect(callSignature(multiply, other)).toBe(
      'multiply; a f32 1×4×2×3; b f32 1×1×2×3; y f32 1×4×2×3; bias true; stride [2,2]',
    );
  });
});

describe('the plain variant, against which others are checked,', () => {
  it.each(suites.map((suite) => [suite.kernel.name, suite] as const))(
    'of %s can do every call on every device',
    (_, { kernel, cases }) => {
      const limits = { ...DEFAULT_LIMITS, subgroupSize: 0, software: false };
      for (const { inputs, attributes } of cases) {
        const { call } = placeCall(kernel, caseTensors(inputs, false), attributes, 0);
        const plain = kernel.variants.at(-1);
        expect(plain?.legal?.(call, limits) ?? true).toBe(true);
        expect(plain?.errorFactor ?? 1).toBe(1);
      }
    },
  );
});

it('computes without a table what it computes with an empty one', async () => {
  const test = network();
  const executable = await Executable.compile(test.graph, await testDevice(), {
    readWeight: test.readWeight,
    pipelines: await sharedPipelines(),
    chooseVariant: chooseFrom(new TuningTable('here')),
  });
  writeInputs(executable, test.graph);
  expect(await executable.run(['y'])).toEqual(await compute(test));
  executable.destroy();
});
