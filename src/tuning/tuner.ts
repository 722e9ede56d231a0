import type { EngineDevice } from '../graph/device.js';
import type { Graph } from '../graph/graph.js';
import type { PipelineCache } from '../graph/pipelines.js';
import type { ChooseVariant } from '../graph/steps.js';
import { chooseFrom, tune } from './tune.js';
import type { TuningTable } from './tuning-table.js';

/** Chooses kernel variants by measurements while a model is loaded: what `Zian.load` takes as `tuning`. */
export class Tuner {
  /** What has been measured; kept by the caller, and shared by models of one adapter. */
  readonly table: TuningTable;
  readonly chooseVariant: ChooseVariant;
  readonly #budgetMilliseconds: number;

  /** @param budgetMilliseconds time to measure what the table does not have; 0, the default, measures nothing */
  constructor(table: TuningTable, { budgetMilliseconds = 0 }: { budgetMilliseconds?: number } = {}) {
    this.table = table;
    this.chooseVariant = chooseFrom(table);
    this.#budgetMilliseconds = budgetMilliseconds;
  }

  /** Measures what a graph needs and the table lacks. See `tune`. */
  async prepare(
    graph: Graph,
    device: EngineDevice,
    options: {
      readonly pipelines: PipelineCache;
      readonly signal?: AbortSignal | undefined;
      readonly onProgress?: (done: number, total: number) => void;
    },
  ): Promise<void> {
    if (this.#budgetMilliseconds > 0)
      await tune(graph, device, this.table, { ...options, budgetMilliseconds: this.#budgetMilliseconds });
  }
}
