import { compareSamples } from '../src/cli/verify/compare.js';
import { Reference } from '../src/cli/verify/reference.js';
import { type ByteSource, openSafetensors } from '../src/weights/index.js';
import type { Heatmap } from '../src/zian/overlay.js';
import type { Heatmaps, Localization } from '../src/zian/zian.js';
import type { Run } from '../test/support/run.js';

/** Of heat maps in float32, whose values are of the order of 1. */
export const HEATMAP_TOLERANCE = 1e-4;

/** How far a heat map is from PyTorch's. */
export interface HeatmapError {
  readonly heatmap: string;
  readonly maxError: number;
  /** Elements compared: the fixture holds some of them. */
  readonly compared: number;
}

export interface ModelCheck {
  readonly heatmaps: readonly HeatmapError[];
  /** What is wrong, a sentence each; empty where all is right. */
  readonly wrong: readonly string[];
}

/**
 * Compares a result with the recorded run: heat maps within the tolerance, the landmark identical.
 * @param tensors what was recorded: RUN.safetensors
 */
export async function checkModel(
  run: Run,
  tensors: ByteSource,
  { network }: Localization,
  { coarse, fine }: Heatmaps,
): Promise<ModelCheck> {
  const reference = new Reference(await openSafetensors(tensors));
  const heatmaps = [await errorOf(reference, 'heatmap_ds', coarse)];
  if (fine) heatmaps.push(await errorOf(reference, 'heatmap_roi', fine));
  const wrong = heatmaps
    .filter(({ maxError }) => !(maxError <= HEATMAP_TOLERANCE))
    .map(({ heatmap, maxError }) => `${heatmap} is ${maxError} from PyTorch's, allowed ${HEATMAP_TOLERANCE}`);
  const [x, y] = (fine ? run.predictions.final : run.predictions.lr).crop_xy;
  if (network.landmark.x !== x || network.landmark.y !== y)
    wrong.push(`the landmark is (${network.landmark.x}, ${network.landmark.y}) instead of (${x}, ${y})`);
  return { heatmaps, wrong };
}

async function errorOf(reference: Reference, name: string, map: Heatmap): Promise<HeatmapError> {
  const found = reference.find(name, false);
  if (!found) throw new Error(`the fixture has no ${name}`);
  const want = await reference.read(found, { shape: [1, 1, map.height, map.width] });
  const { maxError, count } = compareSamples({ data: map.data, every: 1 }, want);
  return { heatmap: name, maxError, compared: count };
}
