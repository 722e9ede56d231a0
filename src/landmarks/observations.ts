import { inputError } from '../errors.js';
import { type ConfidenceInput, confidenceFeatures } from '../zian/calibration.js';
import type { Observation } from './calibrate.js';
import { compareTables } from './errors.js';
import { parseObjects, parseResults } from './results.js';
import type { LandmarkTable } from './table.js';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function numberAt(value: unknown, path: readonly string[], where: string): number {
  let at = value;
  for (const key of path) at = isObject(at) ? at[key] : undefined;
  if (typeof at !== 'number' || !Number.isFinite(at))
    throw inputError(
      `${where} is not a result of \`zian localize\` as JSON: it has no ${path.join('.')}; write the predictions with --format jsonl.`,
    );
  return at;
}

function inputOf(part: unknown, where: string): ConfidenceInput {
  const at = (...path: string[]): number => numberAt(part, path, where);
  const both = (key: 'peak' | 'margin') => ({ coarse: at(key, 'coarse'), fine: at(key, 'fine') });
  const point = (key: string) => ({ x: at('network', key, 'x'), y: at('network', key, 'y') });
  return {
    peak: both('peak'),
    margin: both('margin'),
    network: { roiCenter: point('roiCenter'), landmark: point('landmark') },
  };
}

/**
 * Landmarks with what their confidence depends on and their errors, as shares of the image's width (of a scan: its half's).
 * @param predictions what `zian localize` wrote as JSON or JSON lines
 * @throws ZianError (input) where something else is in it, or no image is in both
 */
export function observationsOf(predictions: string, source: string, truth: LandmarkTable): Observation[] {
  const { fine } = parseResults(predictions, source);
  const found = new Map<string, { readonly features: number[]; readonly width: number }>();
  const key = (name: string, side: number): string => `${side} ${name}`;
  for (const { value, where } of parseObjects(predictions, source)) {
    if (!isObject(value)) throw new Error('results are objects');
    const name = String(value.image);
    const width = numberAt(value, ['width'], where);
    const parts = 'left' in value ? [value.left, value.right] : [value];
    for (const [side, part] of parts.entries())
      found.set(key(name, side), {
        features: confidenceFeatures(inputOf(part, where)),
        width: parts.length === 2 ? (width - (width % 4)) / 2 : width,
      });
  }
  const { errors } = compareTables(truth, fine);
  if (errors.length === 0) throw inputError(`${source} and ${truth.source} have no image in common.`);
  return errors.map(({ predictedName, side, distance }) => {
    const { features = [], width = Number.NaN } = found.get(key(predictedName, side)) ?? {};
    return { features, error: distance / width };
  });
}
