import { inputError } from '../errors.js';
import type { Localization } from './localization.js';

/** What a confidence is computed from, in this order. */
export const CONFIDENCE_FEATURES = [
  'peak.fine',
  'peak.coarse',
  'log10 margin.fine',
  'coarse-fine distance',
] as const;

/**
 * How likely a model's landmark is right, as a logistic model of what its heat maps look like. It holds for the model that it
 * was fitted for, and for pictures like those that it was fitted on.
 */
export interface Calibration {
  /** Format of this object. */
  readonly calibration: 1;
  /** SHA-256 of the model file that it was fitted for. */
  readonly model: string;
  /** Errors up to this share of the image's width (of a scan: of its half's) count as right. */
  readonly limit: number;
  /** Of each of the features: what is subtracted, and what it is divided by then. */
  readonly center: readonly number[];
  readonly scale: readonly number[];
  /** The constant, then a factor for each feature. */
  readonly coefficients: readonly number[];
  /** Landmarks that it was fitted on. */
  readonly landmarks: number;
}

/** What of a result its confidence depends on. */
export type ConfidenceInput = Pick<Localization, 'peak' | 'margin'> & {
  readonly network: Pick<Localization['network'], 'roiCenter' | 'landmark'>;
};

/** Below this a margin is as good as none. */
const LEAST_MARGIN = 1e-6;

export function confidenceFeatures({ peak, margin, network }: ConfidenceInput): number[] {
  const { roiCenter, landmark } = network;
  return [
    peak.fine,
    peak.coarse,
    Math.log10(Math.max(margin.fine, LEAST_MARGIN)),
    Math.hypot(landmark.x - roiCenter.x, landmark.y - roiCenter.y),
  ];
}

/** A logistic model's probability. */
export function probabilityOf(
  { center, scale, coefficients }: Pick<Calibration, 'center' | 'scale' | 'coefficients'>,
  features: readonly number[],
): number {
  const [constant = 0, ...factors] = coefficients;
  const logit = features.reduce(
    (sum, value, i) => sum + ((factors[i] ?? 0) * (value - (center[i] ?? 0))) / (scale[i] ?? 1),
    constant,
  );
  return 1 / (1 + Math.exp(-logit));
}

/** The probability, between 0 and 1, that the landmark's error is at most the calibration's `limit`. */
export const confidenceOf = (calibration: Calibration, result: ConfidenceInput): number =>
  probabilityOf(calibration, confidenceFeatures(result));

const isNumbers = (value: unknown, length: number): value is readonly number[] =>
  Array.isArray(value) && value.length === length && value.every((item) => Number.isFinite(item));

const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads what `zian calibrate` wrote.
 * @param source the file's name, for messages
 * @throws ZianError (input) where it is something else
 */
export function parseCalibration(text: string, source: string): Calibration {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const features = CONFIDENCE_FEATURES.length;
  if (isObject(value) && value.calibration === 1) {
    const { model, limit, center, scale, coefficients, landmarks } = value;
    if (
      typeof model === 'string' &&
      /^[0-9a-f]{64}$/.test(model) &&
      isPositive(limit) &&
      isPositive(landmarks) &&
      isNumbers(center, features) &&
      isNumbers(scale, features) &&
      scale.every(isPositive) &&
      isNumbers(coefficients, features + 1)
    )
      return { calibration: 1, model, limit, center, scale, coefficients, landmarks };
  }
  throw inputError(`${source} is no calibration of \`zian calibrate\`; make one, or remove it.`);
}
