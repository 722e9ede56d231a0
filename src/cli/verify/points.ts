import type { ZianConfig } from '../../zian/config.js';
import { midpoint, toImage, unmirror } from '../../zian/coordinates.js';
import type { RgbaImage } from '../../zian/image.js';
import type { ModelDtype } from '../../zian/model-file.js';
import type { Localization, Point, Stage } from '../engine.js';
import { type ImpliedPoints, impliedPoints, type Plane } from './landmarks.js';
import type { Reference } from './reference.js';
import type { PointRow } from './report.js';

interface Results {
  readonly result: Localization;
  /** With the flip test, where the reference has the mirrored run. */
  readonly flipped: Localization | undefined;
}

/** A whole heat map of the reference; undefined where it has none, or samples only. */
async function plane(
  reference: Reference,
  name: string,
  mirrored: boolean,
  maps: ReadonlyMap<string, Stage>,
): Promise<Plane | undefined> {
  const found = reference.find(name, mirrored);
  const stage = maps.get(name);
  if (found === undefined || stage === undefined || found.every !== 1) return undefined;
  return { data: (await reference.read(found, stage)).data, width: stage.shape.at(-1) ?? 1 };
}

async function implied(
  reference: Reference,
  mirrored: boolean,
  maps: ReadonlyMap<string, Stage>,
  config: ZianConfig,
): Promise<ImpliedPoints | undefined> {
  const coarse = await plane(reference, 'heatmap_ds', mirrored, maps);
  const fine = await plane(reference, 'heatmap_roi', mirrored, maps);
  if (coarse === undefined || (fine === undefined && !config.hrnetOnly)) return undefined;
  return impliedPoints(coarse, fine, config);
}

/**
 * The points of `localize` beside those that the reference's heat maps imply. In float32 they must be identical. In
 * half precision the fine peak may move by one pixel, for neighbours on a peak may differ by less than the rounding;
 * the coarse one may not, since the regions would be others.
 *
 * @param maps the model's heat maps, for their sizes
 */
export async function comparePoints(
  reference: Reference,
  maps: ReadonlyMap<string, Stage>,
  { result, flipped }: Results,
  image: RgbaImage,
  config: ZianConfig,
  dtype: ModelDtype,
): Promise<PointRow[]> {
  const rows: PointRow[] = [];
  const add = (name: string, unit: string, model: Point, wanted: Point, tolerance: number): void => {
    const ok = Math.abs(model.x - wanted.x) <= tolerance && Math.abs(model.y - wanted.y) <= tolerance;
    rows.push({ name, unit, model, reference: wanted, tolerance, ok });
  };
  const plain = await implied(reference, false, maps, config);
  if (plain === undefined) return rows;
  const pixel = dtype === 'f16' && !config.hrnetOnly ? 1 : 0;
  const original = pixel * Math.max(image.width / config.imageSize[0], image.height / config.imageSize[1]);
  const originalOf = (point: Point): Point => toImage(point, image, config);

  add('coarse peak', 'heat map', result.network.coarse, plain.coarsePeak, 0);
  add('region centre', 'crop', result.network.roiCenter, plain.roiCenter, 0);
  if (plain.finePeak !== undefined) add('fine peak', 'heat map', result.network.fine, plain.finePeak, pixel);
  add('landmark', 'crop', result.network.landmark, plain.landmark, pixel);
  add('coarse', 'image', result.coarse, originalOf(plain.roiCenter), 0);
  add('landmark', 'image', result.landmark, originalOf(plain.landmark), original);

  const mirrored = await implied(reference, true, maps, config);
  if (mirrored !== undefined && flipped !== undefined) {
    const average = (which: 'roiCenter' | 'landmark'): Point =>
      originalOf(midpoint(plain[which], unmirror(mirrored[which], config)));
    add('coarse, flip test', 'image', flipped.coarse, average('roiCenter'), 0);
    add('landmark, flip test', 'image', flipped.landmark, average('landmark'), original);
  }
  return rows;
}
