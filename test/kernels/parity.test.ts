import { describe, expect, it } from 'vitest';
import { suites } from '../../src/kernels/suites.js';
import { testDevice } from '../support/device.js';
import { caseTensors, compare, legalVariants, runKernel } from '../support/kernel-runner.js';

const device = await testDevice();

/** f16 storage: inputs are exact and accumulation is f32, so what is lost is one rounding of the result to 11 bits. */
const HALF = { absolute: 2e-3, relative: 1e-3 };

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
            const allowed = half
              ? {
                  absolute: Math.max(tolerance.absolute, HALF.absolute),
                  relative: Math.max(tolerance.relative, HALF.relative),
                }
              : tolerance;
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
