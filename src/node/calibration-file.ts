import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { inputError } from '../errors.js';
import { type Calibration, parseCalibration } from '../zian/calibration.js';

/** Where the calibration of a model lies: `fovea.calibration.json` beside `fovea.safetensors`. */
export const calibrationPath = (model: string): string =>
  `${model.slice(0, model.length - extname(model).length)}.calibration.json`;

/**
 * Reads a calibration.
 * @throws ZianError (input) where it is missing, or something else
 */
export async function readCalibration(path: string): Promise<Calibration> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw inputError(`${path}: the calibration cannot be read; check the path.`, { cause });
  });
  return parseCalibration(text, path);
}

/** The calibration beside a model; undefined where there is none. */
export async function calibrationBeside(model: string): Promise<Calibration | undefined> {
  const path = calibrationPath(model);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseCalibration(text, path);
}
