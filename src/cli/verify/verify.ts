import { ZianError } from '../../errors.js';
import type { RgbaImage } from '../../zian/image.js';
import type { ModelDtype } from '../../zian/model-file.js';
import type { Heatmap } from '../../zian/overlay.js';
import type { Engine, OpenedEngine, Stage } from '../engine.js';
import { compareSamples } from './compare.js';
import { comparePoints } from './points.js';
import type { Reference } from './reference.js';
import type { ReferenceName } from './reference-name.js';
import type { AccuracyRow, StageRow, VerifyReport } from './report.js';
import { toleranceOf } from './tolerance.js';

const label = ({ stage, mirrored }: ReferenceName): string => (mirrored ? `flipped.${stage}` : stage);

const asStage = ({ data, width, height }: Heatmap): Stage => ({ data, shape: [1, 1, height, width] });

/** Compares everything that a set of stages and the reference have in common, and collects the rows. */
class Comparison {
  readonly stages: StageRow[] = [];
  readonly accuracy: AccuracyRow[] = [];
  readonly seen = new Set<string>();
  readonly #reference: Reference;
  readonly #dtype: ModelDtype;

  constructor(reference: Reference, dtype: ModelDtype) {
    this.#reference = reference;
    this.#dtype = dtype;
  }

  async add(stages: ReadonlyMap<string, Stage>, graph: StageRow['graph'], mirrored: boolean): Promise<void> {
    // In the network's order, so that the first line that fails is where it goes wrong.
    for (const [stageName, stage] of stages) {
      for (const name of this.#reference.names) {
        if (name.stage !== stageName || name.mirrored !== mirrored) continue;
        this.seen.add(name.key);
        if (name.precision === 'float32') await this.#addStage(name, stage, graph);
        else await this.#addAccuracy(name, name.precision, stage, graph);
      }
    }
  }

  async #addStage(name: ReferenceName, stage: Stage, graph: StageRow['graph']): Promise<void> {
    const want = await this.#reference.read(name, stage);
    const { maxError, rmsError, scale } = compareSamples({ data: stage.data, every: 1 }, want);
    const tolerance = toleranceOf(name.stage, scale, this.#dtype);
    this.stages.push({
      stage: label(name),
      graph,
      shape: stage.shape,
      every: name.every,
      maxError,
      rmsError,
      scale,
      tolerance,
      ok: maxError <= tolerance,
    });
  }

  async #addAccuracy(
    name: ReferenceName,
    against: AccuracyRow['against'],
    stage: Stage,
    graph: StageRow['graph'],
  ): Promise<void> {
    const exact = await this.#reference.read(name, stage);
    const model = compareSamples({ data: stage.data, every: 1 }, exact).maxError;
    const single = this.#reference.find(name.stage, name.mirrored);
    let pytorch: number | null = null;
    if (single !== undefined) {
      const both = compareSamples(await this.#reference.read(single, stage), exact);
      if (both.count > 0) pytorch = both.maxError;
    }
    this.accuracy.push({ stage: label(name), graph, against, model, pytorch });
  }
}

/**
 * Runs the network on the reference's image and compares stage by stage: the instrumented graph's tensors, then
 * the heat maps and points of the graph that `localize` runs.
 *
 * @param dtype f16 where weights or arithmetic are in half precision, for the tolerances
 * @throws ZianError (input) where the reference is of another model
 */
export async function verifyModel(
  reference: Reference,
  image: RgbaImage,
  { engine, adapter }: OpenedEngine,
  dtype: ModelDtype,
): Promise<VerifyReport> {
  const comparison = new Comparison(reference, dtype);
  for (const mirrored of reference.hasMirrored ? [false, true] : [false]) {
    await comparison.add(await engine.stages(image, { mirror: mirrored }), 'stages', mirrored);
  }
  const { points, problem } = await localizeAndCompare(comparison, reference, image, engine, dtype);
  const { stages, accuracy } = comparison;
  return {
    ok: stages.length > 0 && problem === null && [...stages, ...points].every(({ ok }) => ok),
    adapter,
    dtype,
    stages,
    accuracy,
    points,
    problem,
    notCompared: reference.names.filter(({ key }) => !comparison.seen.has(key)).map(({ key }) => key),
  };
}

/** The part about the graph that `localize` runs; where it finds no landmark the stages are still reported. */
async function localizeAndCompare(
  comparison: Comparison,
  reference: Reference,
  image: RgbaImage,
  engine: Engine,
  dtype: ModelDtype,
): Promise<Pick<VerifyReport, 'points' | 'problem'>> {
  try {
    const result = await engine.localize(image, { flipTest: false });
    const { coarse, fine } = await engine.heatmaps();
    const maps = new Map([['heatmap_ds', asStage(coarse)]]);
    if (fine !== undefined) maps.set('heatmap_roi', asStage(fine));
    await comparison.add(maps, 'localize', false);
    const flipped = reference.find('heatmap_ds', true) && (await engine.localize(image, { flipTest: true }));
    const points = await comparePoints(reference, maps, { result, flipped }, image, engine.config, dtype);
    return { points, problem: null };
  } catch (error) {
    if (!(error instanceof ZianError) || error.kind !== 'input') throw error;
    return { points: [], problem: error.message };
  }
}
