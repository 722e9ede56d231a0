import type { Effort } from './measure.js';

/** How much is measured: of each kernel, and images of the model. */
export interface BenchEffort {
  readonly kernels: Effort;
  readonly modelRuns: number;
}

export const FULL: BenchEffort = {
  kernels: { runs: 15, sampleMilliseconds: 50, budgetMilliseconds: 5000 },
  modelRuns: 5,
};

export const QUICK: BenchEffort = {
  kernels: { runs: 5, sampleMilliseconds: 10, budgetMilliseconds: 1000 },
  modelRuns: 2,
};
