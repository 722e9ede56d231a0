/** Whether kernels are chosen by measurements: not at all, by those that are kept, or by measuring what is missing. */
export type TuningMode = 'off' | 'use' | 'measure';
