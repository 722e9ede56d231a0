import type { EngineDevice } from '../../src/graph/index.js';
import type { Cost } from '../../src/kernels/contract.js';
import { benchCase, type CaseResult, selectCases } from '../kernels.js';
import type { Effort } from '../measure.js';
import { roofSuites } from './kernels.js';

/** What an adapter can do at most, measured: not what its maker says. */
export interface Roofline {
  /** 10⁹ operations per second of multiply-adds in f32; a multiply-add counts as two. */
  readonly gflops: number;
  /** 10⁹ bytes per second, read and written, of a copy that no cache holds. */
  readonly gbytes: number;
  /** The measurements themselves. */
  readonly cases: readonly CaseResult[];
}

/** The largest of a figure over all variants that were right; 0 where none was. */
const best = ({ variants }: CaseResult, figure: 'gflops' | 'gbytes'): number =>
  Math.max(0, ...variants.map((result) => ('wrong' in result ? 0 : result[figure])));

/** Measures arithmetic and memory by themselves. @throws ZianError (device) when the device is lost */
export async function measureRoofline(device: EngineDevice, effort: Effort): Promise<Roofline> {
  const { arithmetic, memory } = roofSuites(device.report.software);
  const results: CaseResult[] = [];
  for (const found of selectCases([arithmetic, memory])) results.push(await benchCase(device, found, effort));
  const [peak, bandwidth] = results;
  return {
    gflops: peak ? best(peak, 'gflops') : 0,
    gbytes: bandwidth ? best(bandwidth, 'gbytes') : 0,
    cases: results,
  };
}

/**
 * The share of what the roofline allows (Williams et al. 2009): of the time that a piece of work takes at least, limited by
 * its operations or by its bytes, whichever takes longer. Above 1 where work is avoided (Winograd) or a cache holds it.
 */
export function shareOfRoofline({ flops, bytes }: Cost, milliseconds: number, roofline: Roofline): number {
  const { gflops, gbytes } = roofline;
  return Math.max(flops / gflops, bytes / gbytes) / 1e6 / milliseconds;
}
