import { suites } from '../../../src/kernels/suites.js';
import { caseTensors, compare, legalVariants, runKernel } from '../../support/kernel-runner.js';
import { toleranceFor } from '../../support/tolerance.js';
import { pageDevice } from './device.js';

/** What came of a kernel's cases. */
export interface KernelReport {
  readonly compared: number;
  /** Of cases that were not run because they are large. */
  readonly large: number;
  readonly failures: readonly string[];
}

export const kernelNames = (): readonly string[] => suites.map(({ kernel }) => kernel.name);

/** Every case of a kernel in every legal variant against its reference. */
export async function checkKernel(name: string): Promise<KernelReport> {
  const { gpu } = await pageDevice();
  const failures: string[] = [];
  let compared = 0;
  let large = 0;
  const suite = suites.find(({ kernel }) => kernel.name === name);
  if (!suite) throw new Error(`there is no kernel ${name}`);
  const { kernel, reference, cases } = suite;
  for (const each of cases) {
    if (each.large) {
      large++;
      continue;
    }
    const tensors = caseTensors(each.inputs, false);
    const want = reference(tensors, each.attributes);
    for (const variant of legalVariants(gpu, kernel, tensors, each.attributes)) {
      const got = await runKernel(gpu, kernel, tensors, each.attributes, { variant });
      for (const [output, tensor] of Object.entries(want)) {
        const actual = got[output];
        const allowed = toleranceFor(kernel, variant, each.tolerance);
        const wrong = actual ? compare(actual, tensor, allowed) : 'no such output';
        if (wrong !== undefined) failures.push(`${each.name}, ${variant}, ${output}: ${wrong}`);
        compared++;
      }
    }
  }
  return { compared, large, failures };
}
