import { basename } from 'node:path';
import { printable } from '../weights/index.js';
import type { Localization, Point } from './engine.js';
import type { Found, ImageResult, ScanResult } from './localize-result.js';

const xy = ({ x, y }: Point): string => `(${x.toFixed(2)}, ${y.toFixed(2)})`;

const bare = ({ x, y }: Point): Point => ({ x, y });

const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

const networkJson = ({ coarse, roiCenter, fine, landmark }: Localization['network']) => ({
  coarse: bare(coarse),
  roiCenter: bare(roiCenter),
  fine: bare(fine),
  landmark: bare(landmark),
});

/** With four digits: it does not tell more. */
const confidenceJson = ({ confidence }: { readonly confidence?: number | undefined }) =>
  confidence === undefined ? {} : { confidence: Math.round(confidence * 1e4) / 1e4 };

const confidenceText = ({ confidence }: Found): string =>
  confidence === undefined ? '' : `, confidence ${(100 * confidence).toFixed(0)} %`;

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
    network: networkJson(network),
    peak: { coarse: peak.coarse, fine: peak.fine },
    margin: { coarse: margin.coarse, fine: margin.fine },
    ...confidenceJson(result),
    adapter,
    milliseconds: {
      decode: microseconds(decodeMilliseconds),
      preprocess: microseconds(milliseconds.preprocess),
      network: microseconds(milliseconds.network),
      total: microseconds(totalMilliseconds),
    },
  };
}

/** The line of `--json` for an AS-OCT scan: as `resultJson`, with a result for each half in the scan's pixels. */
export function scanJson({
  path,
  image,
  decodeMilliseconds,
  halves,
  adapter,
  totalMilliseconds,
}: ScanResult) {
  const half = ({ landmark, coarse, network, peak, margin, confidence }: Found) => ({
    landmark: bare(landmark),
    coarse: bare(coarse),
    network: networkJson(network),
    peak: { coarse: peak.coarse, fine: peak.fine },
    margin: { coarse: margin.coarse, fine: margin.fine },
    ...confidenceJson({ confidence }),
  });
  const { left, right } = halves;
  return {
    image: path,
    width: image.width,
    height: image.height,
    left: half(left),
    right: half(right),
    adapter,
    milliseconds: {
      decode: microseconds(decodeMilliseconds),
      preprocess: microseconds(left.milliseconds.preprocess + right.milliseconds.preprocess),
      network: microseconds(left.milliseconds.network + right.milliseconds.network),
      total: microseconds(totalMilliseconds),
    },
  };
}

const found = (result: Found): string =>
  `${xy(result.landmark)}, peak ${result.peak.fine.toPrecision(4)}, margin ${result.margin.fine.toPrecision(3)}${confidenceText(result)}`;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

/** The line for people. */
export function resultLine({ path, result, totalMilliseconds }: ImageResult): string {
  const { landmark, coarse, peak, margin } = result;
  return `${printable(path)}: landmark ${xy(landmark)}, coarse ${xy(coarse)}, peak ${peak.fine.toPrecision(4)}, margin ${margin.fine.toPrecision(3)}${confidenceText(result)}, ${seconds(totalMilliseconds)}`;
}

/** The line for people of an AS-OCT scan. */
export const scanLine = ({ path, halves, totalMilliseconds }: ScanResult): string =>
  `${printable(path)}: left ${found(halves.left)}; right ${found(halves.right)}; ${seconds(totalMilliseconds)}`;

const LONGEST_NOTICE = 120;
/** What the model says of itself, for one line. */
export const noticeLine = (notice: string): string => printable(notice, LONGEST_NOTICE);

const disclaimer = (notice: string | undefined): string[] => [
  ...(notice === undefined ? [] : [noticeLine(notice)]),
  'Not a medical device.',
];

/** The lines below an overlay. */
export const caption = ({ path, result, notice }: ImageResult): string[] => [
  `${printable(basename(path), 60)}: landmark ${xy(result.landmark)} px, peak ${result.peak.fine.toPrecision(4)}, margin ${result.margin.fine.toPrecision(3)}`,
  ...disclaimer(notice),
];

/** The lines below an AS-OCT scan's overlay. */
export const scanCaption = ({ path, halves, notice }: ScanResult): string[] => [
  printable(basename(path), 60),
  `left ${found(halves.left)}; right ${found(halves.right)}`,
  ...disclaimer(notice),
];
