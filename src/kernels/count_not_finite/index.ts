import type { KernelSuite } from '../contract.js';
import { countNotFiniteCases, countNotFiniteFuzz } from './count_not_finite.cases.js';
import { type CountNotFiniteAttributes, countNotFinite } from './count_not_finite.js';
import { countNotFiniteReference } from './count_not_finite.ref.js';

export const countNotFiniteSuite: KernelSuite<CountNotFiniteAttributes> = {
  kernel: countNotFinite,
  reference: countNotFiniteReference,
  cases: countNotFiniteCases,
  fuzz: countNotFiniteFuzz,
};
