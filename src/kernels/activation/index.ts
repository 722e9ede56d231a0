import type { KernelSuite } from '../contract.js';
import { activationCases, activationFuzz, activationFuzzTolerance } from './activation.cases.js';
import { type ActivationAttributes, activation } from './activation.js';
import { activationReference } from './activation.ref.js';

export const activationSuite: KernelSuite<ActivationAttributes> = {
  kernel: activation,
  reference: activationReference,
  cases: activationCases,
  fuzz: activationFuzz,
  fuzzTolerance: activationFuzzTolerance,
};
