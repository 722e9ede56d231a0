import { inputError } from '../errors.js';
import { printable } from '../printable.js';
import type { Point } from '../zian/coordinates.js';
import type { LandmarkRow, LandmarkTable } from './table.js';

/** Width and height of an image in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** What `zian localize` wrote as JSON: the landmarks of the fine and of the coarse stage, in 0-based pixels. */
export interface ResultTables {
  readonly fine: LandmarkTable;
  readonly coarse: LandmarkTable;
  /** By the row's name. */
  readonly sizes: ReadonlyMap<string, ImageSize>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPositive = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

function pointOf(value: unknown): Point | undefined {
  if (!isObject(value)) return undefined;
  const { x, y } = value;
  if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y))
    return undefined;
  return { x, y };
}

/** The objects of a JSON array, or of JSON lines. */
export function parseObjects(
  text: string,
  source: string,
): { readonly value: unknown; readonly where: string }[] {
  const parse = (json: string, where: string): unknown => {
    try {
      return JSON.parse(json);
    } catch (cause) {
      throw inputError(`${where} is not JSON.`, { cause });
    }
  };
  if (text.trimStart().startsWith('[')) {
    const values = parse(text, source);
    if (!Array.isArray(values)) throw new Error('an array was parsed');
    return values.map((value: unknown, i) => ({ value, where: `${source}: element ${i + 1}` }));
  }
  return text.split('\n').flatMap((line, i) => {
    const where = `${source}: line ${i + 1}`;
    return line.trim() === '' ? [] : [{ value: parse(line, where), where }];
  });
}

/**
 * Reads results that `zian localize` printed with --json, or wrote in the formats json and jsonl.
 * @throws ZianError (input) naming the line that is not such a result, or the image that comes twice
 */
export function parseResults(text: string, source: string): ResultTables {
  const fine: LandmarkRow[] = [];
  const coarse: LandmarkRow[] = [];
  const sizes = new Map<string, ImageSize>();
  const taken = new Set<string>();
  let sides: 1 | 2 | undefined;
  for (const { value, where } of parseObjects(text, source)) {
    if (!isObject(value) || typeof value.image !== 'string')
      throw inputError(`${where} is not a result of \`zian localize\`: it names no image.`);
    const name = value.image;
    if (taken.has(name))
      throw inputError(`${where} is about '${printable(name, 80)}', and so is a line before.`);
    taken.add(name);
    const parts = 'left' in value ? [value.left, value.right] : [value];
    const points = (stage: 'landmark' | 'coarse'): Point[] =>
      parts.map((part) => {
        const point = isObject(part) ? pointOf(part[stage]) : undefined;
        if (point === undefined)
          throw inputError(`${where} is not a result of \`zian localize\`: it has no ${stage} point.`);
        return point;
      });
    const own = parts.length === 2 ? 2 : 1;
    if (sides !== undefined && sides !== own)
      throw inputError(`${where} has ${own} landmark(s) and the lines before ${sides}; one kind per file.`);
    sides = own;
    fine.push({ name, points: points('landmark'), others: {} });
    coarse.push({ name, points: points('coarse'), others: {} });
    const { width, height } = value;
    if (isPositive(width) && isPositive(height)) sizes.set(name, { width, height });
  }
  const common = { source, origin: 0 as const, sides: sides ?? (1 as const) };
  return { fine: { ...common, rows: fine }, coarse: { ...common, rows: coarse }, sizes };
}
