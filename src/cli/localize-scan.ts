import type { OverlayJob } from '../node/images/jobs.js';
import { regionLabels } from '../zian/describe.js';
import { cutScan, moveRight } from '../zian/scan.js';
import type { Heatmaps, OpenedEngine } from './engine.js';
import { findLandmark, overlayResult } from './localize.js';
import { scanCaption } from './localize-format.js';
import type { DecodedImage, LocalizeHow, ScanResult } from './localize-result.js';

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

/**
 * Finds both scleral spurs of an AS-OCT scan: each half is an image of its own to the network.
 * @param draw whether to give what an overlay is drawn from as well
 * @throws ZianError (input) where the scan is too narrow, or a heat map is not finite
 */
export async function localizeScan(
  decoded: DecodedImage,
  opened: OpenedEngine,
  how: LocalizeHow,
  draw: boolean,
): Promise<{ readonly done: ScanResult; readonly overlay?: OverlayJob }> {
  const { engine, adapter } = opened;
  const { path, image, decodeMilliseconds } = decoded;
  const start = performance.now();
  const { left, right } = cutScan(image, path);
  const offset = left.width;
  const leftResult = await findLandmark(path, left, opened, how);
  // An engine keeps the heat maps of its last run only.
  const leftMaps = draw ? await engine.heatmaps() : undefined;
  const found = await findLandmark(path, right, opened, how);
  const rightResult = { ...found, ...moveRight(found, offset) };
  const done: ScanResult = {
    ...decoded,
    halves: { left: leftResult, right: rightResult },
    adapter,
    notice: engine.metadata.notice,
    totalMilliseconds: decodeMilliseconds + performance.now() - start,
  };
  if (leftMaps === undefined) return { done };
  const labels = regionLabels(engine.config);
  const results = [
    overlayResult(leftResult, leftMaps, labels),
    overlayResult(rightResult, moveMaps(await engine.heatmaps(), offset), labels),
  ];
  return { done, overlay: { image, results, caption: scanCaption(done) } };
}
