import type { KernelLimits, ShaderSource } from '../contract.js';
import spread from './subgroup-spread.wgsl';

/** WGSL by which the threads of a subgroup share what they load; the dispatch sets SUBGROUP. */
export const spreadInclude: NonNullable<ShaderSource['includes']>[number] = spread;

const SMALL = [4, 8, 16];

/**
 * Whether subgroups are of one size that the sharing shaders know. Those are adapters that compute on CPUs and some mobile
 * ones: there a load costs as much as ten multiplications, even if all threads read the same.
 */
export const hasSmallSubgroups = ({ subgroupSize }: KernelLimits): boolean => SMALL.includes(subgroupSize);
