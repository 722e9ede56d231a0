import { activationSuite } from './activation/index.js';
import type { KernelSuite } from './contract.js';

/** Every kernel with its reference and cases: what the parity test, the fuzz test and the bench run over. */
export const suites: readonly KernelSuite[] = [activationSuite];
