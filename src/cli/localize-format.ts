import { basename } from 'node:path';
import { printable } from '../weights/index.js';
import type { ZianConfig } from '../zian/config.js';
import type { Point } from './engine.js';
import type { ImageResult } from './localize.js';

const xy = ({ x, y }: Point): string => `(${x.toFixed(2)}, ${y.toFixed(2)})`;

const bare = ({ x, y }: Point): Point => ({ x, y });

const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** The line of `--json`: points in 0-based pixels of the original image, `network` in the network's own pixels. */
export function resultJson({
  path,
  image,
  decodeMilliseconds,
  result,
  adapter,
  totalMilliseconds,
}: ImageResult) {
  const { landmark, coarse, network, peak, margin, milliseconds } = result;
  return {
    image: path,
    width: image.width,
    height: image.height,
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
    adapter,
    milliseconds: {
      decode: microseconds(decodeMilliseconds),
      preprocess: microseconds(milliseconds.preprocess),
      network: microseconds(milliseconds.network),
      total: microseconds(totalMilliseconds),
    },
  };
}

/** The line for people. */
export function resultLine({ path, result, totalMilliseconds }: ImageResult): string {
  const { landmark, coarse, peak, margin } = result;
  const seconds = (totalMilliseconds / 1000).toFixed(2);
  return `${printable(path)}: landmark ${xy(landmark)}, coarse ${xy(coarse)}, peak ${peak.fine.toPrecision(4)}, margin ${margin.fine.toPrecision(3)}, ${seconds} s`;
}

/** The lines below an overlay. */
export function caption({ path, result }: ImageResult): string[] {
  const { landmark, peak, margin } = result;
  const name = printable(basename(path), 60);
  return [
    `${name}: landmark ${xy(landmark)} px, peak ${peak.fine.toPrecision(4)}, margin ${margin.fine.toPrecision(3)}`,
    'Not a medical device.',
  ];
}

/** What the overlay's legend calls the regions, in the order of `Localization.rois`. */
export function regionLabels({ tripRoi, roiNum }: ZianConfig): string[] {
  if (!tripRoi) return ['region, scale 1'];
  const scales = roiNum === 3 ? ['1', '1.5', '2'] : ['1', '2'];
  return scales.map((scale) => `region, scale ${scale}`);
}
