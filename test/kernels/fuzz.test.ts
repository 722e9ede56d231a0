import { describe, expect, it } from 'vitest';
import type { RefTensor } from '../../src/kernels/contract.js';
import { suites } from '../../src/kernels/suites.js';
import { testDevice } from '../support/device.js';
import { caseTensors, compare, legalVariants, runKernel } from '../support/kernel-runner.js';
import { random } from '../support/random.js';
import { HALF, toleranceFor, widen } from '../support/tolerance.js';

const CASES = 15;
const EXACT = { absolute: 0, relative: 0 };
const device = await testDevice();

/** What the reader of a failure needs to repeat it. */
const describeShapes = (inputs: Readonly<Record<string, Pick<RefTensor, 'shape'>>>): string =>
  Object.entries(inputs)
    .map(([name, { shape }]) => `${name} [${shape}]`)
    .join(', ');

describe('random shapes and attributes', () => {
  for (const { kernel, reference, fuzz, fuzzTolerance = EXACT } of suites) {
    if (!fuzz) {
      it.todo(`${kernel.name}: its suite draws no cases yet`);
      continue;
    }
    it(`${kernel.name}, ${CASES} cases`, async () => {
      for (let seed = 1; seed <= CASES; seed++) {
        const next = random(seed);
        const { inputs, attributes } = fuzz(next);
        const half = device.has('shader-f16') && next() < 0.3;
        const margin = Math.floor(next() * 3);
        const tensors = caseTensors(inputs, half, seed);
        const what = `seed ${seed}: ${describeShapes(inputs)}, ${JSON.stringify(attributes)}, margin ${margin}${half ? ', f16' : ''}`;
        const want = reference(tensors, attributes);
        const variants = legalVariants(device.gpu, kernel, tensors, attributes, margin);
        expect(variants, `${what}: variants that apply`).not.toHaveLength(0);
        for (const variant of variants) {
          const got = await runKernel(device.gpu, kernel, tensors, attributes, { variant, margin });
          for (const [output, tensor] of Object.entries(want)) {
            const actual = got[output];
            if (!actual) throw new Error(`${what}: no output ${output}`);
            const plain = toleranceFor(kernel, variant, fuzzTolerance);
            const allowed = half ? widen(plain, HALF) : plain;
            expect(compare(actual, tensor, allowed), `${what}, ${variant}: ${output}`).toBeUndefined();
          }
        }
      }
    });
  }
});
