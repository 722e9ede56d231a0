import { readFileSync } from 'node:fs';
import type { RefTensor } from '../../src/kernels/contract.js';

/** One of PyTorch's results in test/fixtures/kernels.json (made by test/reference/make_kernel_fixtures.py). */
export interface KernelFixture {
  readonly op: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, RefTensor>>;
  readonly output: RefTensor;
}

interface StoredTensor {
  readonly shape: readonly number[];
  /** Numbers, or 'NaN', 'Infinity', '-Infinity'. */
  readonly data: readonly (number | string)[];
}

interface StoredFixture extends Omit<KernelFixture, 'inputs' | 'output'> {
  readonly inputs: Readonly<Record<string, StoredTensor>>;
  readonly output: StoredTensor;
}

const stored: readonly StoredFixture[] = JSON.parse(
  readFileSync(new URL('../fixtures/kernels.json', import.meta.url), 'utf8'),
);

const tensor = ({ shape, data }: StoredTensor): RefTensor => ({
  shape,
  data: Float64Array.from(data, Number),
});

/** PyTorch's results for one operation; throws when there are none. */
export function kernelFixtures(op: string): KernelFixture[] {
  const found = stored.filter((fixture) => fixture.op === op);
  if (found.length === 0) throw new Error(`test/fixtures/kernels.json has no case of '${op}'`);
  return found.map(({ inputs, output, ...rest }) => ({
    ...rest,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, tensor(value)])),
    output: tensor(output),
  }));
}

/** An input of a fixture; throws when it has none of that name. */
export function input(fixture: KernelFixture, name: string): RefTensor {
  const found = fixture.inputs[name];
  if (!found) throw new Error(`${fixture.name} has no input '${name}'`);
  return found;
}

/** An attribute that is a list of two numbers. */
export function pairAttribute({ name, attributes }: KernelFixture, key: string): [number, number] {
  const value = attributes[key];
  if (!Array.isArray(value) || value.length !== 2)
    throw new Error(`${name}: attribute '${key}' is no pair of numbers`);
  return [Number(value[0]), Number(value[1])];
}
