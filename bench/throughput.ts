import type { Cost } from '../src/kernels/contract.js';

/** What the hardware did per second, by a kernel's own count of its work. */
export interface Throughput {
  /** 10⁹ operations per second; multiply and add count as two. */
  readonly gflops: number;
  /** 10⁹ bytes per second of the least traffic that the work needs. */
  readonly gbytes: number;
}

export const throughput = ({ flops, bytes }: Cost, milliseconds: number): Throughput => ({
  gflops: flops / milliseconds / 1e6,
  gbytes: bytes / milliseconds / 1e6,
});
