import { inputError } from '../../src/errors.js';
import { type Calibration, confidenceOf } from '../../src/zian/calibration.js';
import type { Heatmap } from '../../src/zian/overlay.js';
import { moveRight, scanHalfWidth } from '../../src/zian/scan.js';
import type { Heatmaps, Localization, Zian } from '../../src/zian/zian.js';
import { type DecodedPicture, release } from '../shared/decode.js';
import type { Finding, Picture, PictureResult, RunOptions, Side } from '../shared/messages.js';
import type { CallContext } from './calls.js';
import { decodePicture, halfOf, thumbnailOf } from './decode.js';

const moveMap = (map: Heatmap, columns: number): Heatmap => ({
  ...map,
  x0: map.x0 + columns,
  x1: map.x1 + columns,
});

const moveMaps = ({ coarse, fine }: Heatmaps, columns: number): Heatmaps => ({
  coarse: moveMap(coarse, columns),
  ...(fine === undefined ? {} : { fine: moveMap(fine, columns) }),
});

/** @throws ZianError (input) where a heat map has no peak */
function assertFinite({ peak }: Localization, name: string): void {
  const which = Number.isFinite(peak.coarse) ? 'fine' : 'coarse';
  if (!Number.isFinite(peak[which]))
    throw inputError(
      `${name}: the ${which} heat map is not finite (its largest value is ${peak[which]}), so no landmark can be given; check the model.`,
    );
}

/** A model on the device. */
export interface RunnableModel {
  readonly zian: Zian;
  /** Fitted with the flip test as the model's configuration has it. */
  readonly calibration?: Calibration;
}

/**
 * Finds a picture's landmark, or both of a scan, with heat maps.
 * @throws ZianError (input) where it cannot be read or gives no landmark, (device) when the device is lost
 */
export async function runPicture(
  { zian, calibration }: RunnableModel,
  { name, blob, scan, flipTest }: Picture & RunOptions,
  { progress, signal }: CallContext,
): Promise<PictureResult> {
  const started = performance.now();
  progress({ stage: 'decode', done: 0, total: 0, unit: 'count' });
  const decoded = await decodePicture({ name, blob });
  try {
    const { width, height } = decoded;
    const thumbnail = await thumbnailOf(decoded);
    const decodedAt = performance.now();
    const options = { signal, ...(flipTest === undefined ? {} : { flipTest }) };

    const calibrated = (flipTest ?? zian.config.flipTest) === zian.config.flipTest ? calibration : undefined;

    const find = async (part: DecodedPicture): Promise<Finding> => {
      const result = await zian.localize(part, options);
      assertFinite(result, name);
      const confidence = calibrated && {
        probability: confidenceOf(calibrated, result),
        limit: calibrated.limit,
      };
      return { result, ...(confidence && { confidence }), maps: await zian.heatmaps() };
    };
    const findHalf = async (side: Side): Promise<Finding> => {
      const half = await halfOf(decoded, side, name);
      try {
        return { ...(await find(half)), side };
      } finally {
        release(half);
      }
    };
    const findings: Finding[] = [];
    if (scan) {
      const offset = scanHalfWidth(width, name);
      progress({ stage: 'network', done: 0, total: 2, unit: 'count' });
      findings.push(await findHalf('left'));
      progress({ stage: 'network', done: 1, total: 2, unit: 'count' });
      const right = await findHalf('right');
      findings.push({
        ...right,
        result: moveRight(right.result, offset),
        maps: moveMaps(right.maps, offset),
      });
    } else {
      progress({ stage: 'network', done: 0, total: 0, unit: 'count' });
      findings.push(await find(decoded));
    }
    const sum = (part: 'preprocess' | 'network'): number =>
      findings.reduce((total, { result }) => total + result.milliseconds[part], 0);
    return {
      width,
      height,
      findings,
      milliseconds: {
        decode: decodedAt - started,
        preprocess: sum('preprocess'),
        network: sum('network'),
        total: performance.now() - started,
      },
      thumbnail,
    };
  } finally {
    release(decoded);
  }
}
