import { STAGE_NAMES, stageOf, sumByGroup } from '../../bench/stages.js';
import type { Zian } from '../../src/zian/zian.js';
import type { StageTime } from '../shared/messages.js';

/**
 * GPU time of each part of the network over the last picture, in running order.
 * @throws ZianError (device) where the adapter has no timestamps
 */
export async function profileStages(zian: Zian): Promise<readonly StageTime[]> {
  const groups = sumByGroup(await zian.profile(), stageOf);
  return STAGE_NAMES.flatMap((name) => {
    const group = groups.get(name);
    return group ? [{ name, ...group }] : [];
  });
}
