import { type ImageSize, type Point, toImage } from './coordinates.js';
import { type Forward, type ForwardModel, heatmapNames } from './forward.js';
import type { Heatmap } from './overlay.js';

/** Heat maps with their places in the picture; `fine` is absent for models of the coarse stage alone. */
export interface Heatmaps {
  readonly coarse: Heatmap;
  readonly fine?: Heatmap;
}

/** A picture of a run: its place in the batch, its size, and what the run has found in it. */
export interface MappedPicture {
  readonly place: number;
  readonly size: ImageSize;
  readonly forward: Forward;
}

/** Reads the heat maps of pictures of the last run, which has left them on the device. */
export async function readHeatmaps(
  model: ForwardModel,
  pictures: readonly MappedPicture[],
): Promise<Heatmaps[]> {
  const maps = await model.executable.read(heatmapNames(model.architecture));
  return pictures.map((picture) => heatmapsOf(model, maps, picture));
}

function heatmapsOf(
  { config, architecture }: ForwardModel,
  maps: ReadonlyMap<string, Float32Array>,
  { place: slot, size: image, forward }: MappedPicture,
): Heatmaps {
  const { x, y } = forward.roiCenter;
  const { cropSize, dsFactor, regionRadius } = config;
  const [width, height] = cropSize;
  const place = (name: string, w: number, h: number, first: Point, last: Point): Heatmap => {
    const a = toImage(first, image, config);
    const b = toImage(last, image, config);
    const data = maps.get(name)?.slice(slot * w * h, (slot + 1) * w * h) ?? new Float32Array();
    return { data, width: w, height: h, x0: a.x, y0: a.y, x1: b.x, y1: b.y };
  };
  const origin = { x: 0, y: 0 };
  const coarse = place('heatmap_ds', width / dsFactor, height / dsFactor, origin, { x: width, y: height });
  if (architecture.hrnetOnly) return { coarse };
  const side = 2 * regionRadius;
  const first = { x: x - regionRadius, y: y - regionRadius };
  const last = { x: x + regionRadius, y: y + regionRadius };
  return { coarse, fine: place('heatmap_roi', side, side, first, last) };
}
