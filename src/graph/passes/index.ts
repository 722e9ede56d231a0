import type { Graph } from '../graph.js';
import { concatSlices } from './concat-slices.js';
import { foldBatchNorm } from './fold-batch-norm.js';
import { fuseActivation } from './fuse-activation.js';
import { fuseModePool } from './fuse-mode-pool.js';
import { fuseResidual } from './fuse-residual.js';
import { fuseSums } from './fuse-sums.js';
import { mergeBranches } from './merge-branches.js';
import { pixelShuffleIndexing } from './pixel-shuffle-indexing.js';
import { removeUnused } from './remove-unused.js';

/** A rewriting of graphs that leaves their results as they are, up to rounding. */
export interface Pass {
  readonly name: string;
  readonly run: (graph: Graph) => Graph;
}

/** All passes, in the order in which they help each other. */
export const passes = [
  { name: 'remove-unused', run: removeUnused },
  { name: 'fold-batch-norm', run: foldBatchNorm },
  { name: 'fuse-sums', run: fuseSums },
  { name: 'fuse-activation', run: fuseActivation },
  { name: 'fuse-residual', run: fuseResidual },
  { name: 'fuse-mode-pool', run: fuseModePool },
  { name: 'pixel-shuffle-indexing', run: pixelShuffleIndexing },
  { name: 'merge-branches', run: mergeBranches },
  { name: 'concat-slices', run: concatSlices },
] as const satisfies readonly Pass[];

/** Names that `optimize` can leave out. */
export type PassName = (typeof passes)[number]['name'];

/** The graph after all passes but those named in `without`. */
export const optimize = (graph: Graph, without: readonly PassName[] = []): Graph =>
  passes.filter(({ name }) => !without.includes(name)).reduce((current, { run }) => run(current), graph);
