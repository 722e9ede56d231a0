import type { Calibration } from '../../src/zian/calibration.js';

/** What the build put beside the page: see scripts/build-web.mjs. Paths are relative to the page. */
export interface Catalog {
  readonly version: string;
  readonly models: readonly CatalogModel[];
  readonly examples: readonly CatalogExample[];
}

export const TASKS = ['fovea', 'scleral-spur'] as const;
/** What there is a bundled model for. */
export type Task = (typeof TASKS)[number];

export interface CatalogModel {
  readonly task: Task;
  readonly path: string;
  /** Of the file, also where a host serves it compressed. */
  readonly bytes: number;
  readonly sha256: string;
  readonly calibration: Calibration;
}

export interface CatalogExample {
  readonly task: Task;
  readonly path: string;
  readonly name: string;
  /** Where the landmarks are, in 0-based pixels: one, or the left and the right of a scan. */
  readonly truth: readonly { readonly x: number; readonly y: number }[];
}

/** Set by the build. */
declare const CATALOG: Catalog;

export const catalog: Catalog = CATALOG;

/** @throws Error where the build left the task's model out */
export function bundledModel(task: Task): CatalogModel {
  const found = catalog.models.find((model) => model.task === task);
  if (!found) throw new Error(`no bundled model for ${task}`);
  return found;
}
