import type { Point } from '../../../src/zian/coordinates.js';
import type { FindingSummary, PictureItem } from '../pictures.js';

const bare = ({ x, y }: Point): Point => ({ x, y });
const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

const findingJson = ({
  result: { landmark, coarse, network, peak, margin },
  confidence,
}: FindingSummary) => ({
  landmark: bare(landmark),
  coarse: bare(coarse),
  network: {
    coarse: bare(network.coarse),
    roiCenter: bare(network.roiCenter),
    fine: bare(network.fine),
    landmark: bare(network.landmark),
  },
  peak: { coarse: peak.coarse, fine: peak.fine },
  margin: { coarse: margin.coarse, fine: margin.fine },
  ...(confidence && { confidence: confidence.probability }),
});

/**
 * All results, with the members of `zian localize --json` and the model that found them: points in 0-based pixels of
 * the original picture. Pictures that failed have an `error` in place of a landmark.
 */
export function resultsJson(items: readonly PictureItem[]): string {
  const images = items.flatMap(({ name, outcome, state, why }) => {
    if (state === 'failed') return [{ image: name, error: why ?? '' }];
    if (!outcome) return [];
    const { width, height, findings, milliseconds, adapter, model, checkpointSha256, flipTest } = outcome;
    const [first] = findings;
    const sides = Object.fromEntries(findings.map((finding) => [finding.side, findingJson(finding)]));
    return [
      {
        image: name,
        width,
        height,
        ...(first && first.side === undefined ? findingJson(first) : sides),
        model: { name: model, checkpointSha256 },
        flipTest,
        adapter,
        milliseconds: {
          decode: microseconds(milliseconds.decode),
          preprocess: microseconds(milliseconds.preprocess),
          network: microseconds(milliseconds.network),
          total: microseconds(milliseconds.total),
        },
      },
    ];
  });
  return `${JSON.stringify(images, null, 1)}\n`;
}
