import type { OverlayJob } from '../node/images/jobs.js';
import { regionLabels } from '../zian/describe.js';
import { scanHalfWidth } from '../zian/scan.js';
import type { Engine, Heatmaps } from './engine.js';
import { overlayResult } from './localize.js';
import { scanCaption } from './localize-format.js';
import type { ScanResult } from './localize-result.js';

type Heatmap = Heatmaps['coarse'];

const moveMap = (map: Heatmap, columns: number): Heatmap => ({
  ...map,
  x0: map.x0 + columns,
  x1: map.x1 + columns,
});

const moveMaps = ({ coarse, fine }: Heatmaps, columns: number): Heatmaps => ({
  coarse: moveMap(coarse, columns),
  ...(fine === undefined ? {} : { fine: moveMap(fine, columns) }),
});

/** What a scan's overlay shows, of the heat maps of its halves. */
export function scanOverlayJob(
  done: ScanResult,
  left: Heatmaps,
  right: Heatmaps,
  { config }: Engine,
): OverlayJob {
  const labels = regionLabels(config);
  const { halves, image } = done;
  const offset = scanHalfWidth(image.width, done.path);
  const results = [
    overlayResult(halves.left, left, labels),
    overlayResult(halves.right, moveMaps(right, offset), labels),
  ];
  return { image, results, caption: scanCaption(done) };
}
