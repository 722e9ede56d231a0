import { describe, expect, it } from 'vitest';
import { suites } from '../../src/kernels/suites.js';
import { testDevice } from '../support/device.js';
import { caseTensors, compare, legalVariants, runKernel } from '../support/kernel-runner.js';
import { HALF, toleranceFor, widen } from '../support/tolerance.js';

const device = await testDevice();

for (const { kernel, reference, cases } of suites) {
  describe(kernel.name, () => {
    for (const { name, inputs, attributes, tolerance, large } of cases) {
      const check = async (half: boolean, margin: number): Promise<void> => {
        const tensors = caseTensors(inputs, half);
        const want = reference(tensors, attributes);
        const variants = legalVariants(device.gpu, kernel, tensors, attributes, margin);
        expect(variants, 'variants that apply').not.toHaveLength(0);
        for (const variant of variants) {
          const got = await runKernel(device.gpu, kernel, tensors, attributes, { variant, margin });
          for (const [output, tensor] of Object.entries(want)) {
            const actual = got[output];
            if (!actual) throw new Error(`no output ${output}`);
            const plain = toleranceFor(kernel, variant, tolerance);
            const allowed = half ? widen(plain, HALF) : plain;
            expect(compare(actual, tensor, allowed), `${variant}: ${output}`).toBeUndefined();
          }
        }
      };
      it(name, () => check(false, 0));
      if (large) continue;
      it(`${name} · as slices of wider tensors`, () => check(false, 1));
      if (device.has('shader-f16')) it(`${name} · f16`, () => check(true, 0));
    }
  });
}
