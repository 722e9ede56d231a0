import { type OverlayResult, renderOverlay } from '../../src/zian/overlay.js';
import { release } from '../shared/decode.js';
import type { Finding, Picture } from '../shared/messages.js';
import { decodePicture, pixelsOf } from './decode.js';
import { encodePng } from './encode.js';

const MAX_NAME = 60;
const xy = ({ x, y }: { readonly x: number; readonly y: number }): string =>
  `(${x.toFixed(2)}, ${y.toFixed(2)})`;

const found = ({ result: { landmark, peak, margin } }: Finding): string =>
  `${xy(landmark)} px, peak ${peak.fine.toPrecision(4)}, margin ${margin.fine.toPrecision(3)}`;

/** The lines below the picture: as `zian localize` writes them. */
function captionOf(name: string, findings: readonly Finding[], notice: string | undefined): string[] {
  const short = name.slice(0, MAX_NAME);
  const [first] = findings;
  const lines =
    first !== undefined && first.side === undefined
      ? [`${short}: landmark ${found(first)}`]
      : [short, findings.map((finding) => `${finding.side} ${found(finding)}`).join('; ')];
  return [...lines, ...(notice === undefined ? [] : [notice]), 'Not a medical device.'];
}

const shown = ({ result, maps }: Finding, labels: readonly string[]): OverlayResult => ({
  landmark: result.landmark,
  coarse: result.coarse,
  rois: result.rois.map((roi, i) => ({ ...roi, label: labels[i] ?? `region ${i + 1}` })),
  coarseHeatmap: maps.coarse,
  ...(maps.fine === undefined ? {} : { heatmap: maps.fine }),
});

/** The picture with heat maps, regions and landmarks drawn in, as a PNG file. */
export async function drawOverlay(
  picture: Picture,
  findings: readonly Finding[],
  labels: readonly string[],
  notice: string | undefined,
): Promise<Blob> {
  const decoded = await decodePicture(picture);
  const image = pixelsOf(decoded);
  release(decoded);
  const drawn = renderOverlay(
    image,
    findings.map((finding) => shown(finding, labels)),
    { caption: captionOf(picture.name, findings, notice) },
  );
  return encodePng(drawn);
}
