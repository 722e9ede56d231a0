import { type Graph, optimize, type PassName, passes } from '../../src/graph/index.js';

/** Passes after which a graph still consists of what PyTorch's exporter would write, batch norm folded. */
const KEPT: ReadonlySet<PassName> = new Set<PassName>(['remove-unused', 'fold-batch-norm']);

/**
 * The graph as other engines want it: nothing unused, batch norm folded, and nothing else done to it.
 * @param also further passes to run
 */
export const plainGraph = (graph: Graph, also: readonly PassName[] = []): Graph =>
  optimize(
    graph,
    passes.map(({ name }) => name).filter((name) => !KEPT.has(name) && !also.includes(name)),
  );
