import type { Point } from '../zian/coordinates.js';
import { roundHalfEven } from './half-even.js';
import { median } from './quantile.js';

/** How landmarks of several models become one: docs/MODEL.md, "ensembling". */
export type EnsembleMethod = 'clustering' | 'gamma-clustering' | 'median';
export const ENSEMBLE_METHODS: readonly EnsembleMethod[] = ['clustering', 'gamma-clustering', 'median'];

/** Largest distance between neighbours of a cluster, what it grows by, and how many of n points make a cluster enough. */
interface ClusterRule {
  readonly start: number;
  readonly step: number;
  readonly enough: (n: number) => number;
}

const RULES: Readonly<Record<'clustering' | 'gamma-clustering', ClusterRule>> = {
  clustering: { start: 8, step: 5, enough: (n) => Math.floor(n / 2) + 1 },
  'gamma-clustering': { start: 5, step: 2, enough: (n) => Math.floor(n / 2) },
};

/** What an ensemble agreed on. */
export interface Agreement {
  readonly point: Point;
  /** How many points it is the mean or median of. */
  readonly members: number;
  /** Distance in pixels within which a cluster's neighbours are; null for the median. */
  readonly radius: number | null;
}

/**
 * Clusters of points that are connected by steps of at most `radius` (DBSCAN with min_samples 1), in the order of their
 * first points.
 */
export function connectedClusters(points: readonly Point[], radius: number): Point[][] {
  const left = new Set(points.keys());
  const clusters: Point[][] = [];
  for (const seed of points.keys()) {
    if (!left.delete(seed)) continue;
    const members = [seed];
    // Grows while it is walked.
    for (const member of members) {
      const a = points[member];
      for (const other of left) {
        const b = points[other];
        if (a === undefined || b === undefined) continue;
        if ((a.x - b.x) ** 2 + (a.y - b.y) ** 2 > radius ** 2) continue;
        left.delete(other);
        members.push(other);
      }
    }
    // In the points' own order, so that a mean's rounding does not depend on the walk.
    clusters.push(members.sort((a, b) => a - b).flatMap((i) => points[i] ?? []));
  }
  return clusters;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function agreeByClustering(points: readonly Point[], { start, step, enough }: ClusterRule): Agreement {
  for (let radius = start; ; radius += step) {
    const clusters = connectedClusters(points, radius);
    const size = Math.max(...clusters.map(({ length }) => length));
    if (size < enough(points.length)) continue;
    const largest = clusters.find(({ length }) => length === size) ?? [];
    const point = {
      x: roundHalfEven(mean(largest.map(({ x }) => x))),
      y: roundHalfEven(mean(largest.map(({ y }) => y))),
    };
    return { point, members: size, radius };
  }
}

/**
 * Makes one landmark of several models'.
 *
 * `clustering` is the rule of the authors' scripts: the radius grows from 8 by 5 pixels until a cluster has more than
 * half of the points (`gamma-clustering`: from 5 by 2 until it has half of them); its mean, the earliest of clusters
 * as large, is rounded to whole pixels, halves to even. `median` is each coordinate's median, not rounded.
 *
 * @param points at least one, in 1-based pixels: halves are rounded as the authors' tables have them
 */
export function agree(points: readonly Point[], method: EnsembleMethod): Agreement {
  if (points.length === 0) throw new RangeError('an ensemble of no points');
  if (method !== 'median') return agreeByClustering(points, RULES[method]);
  const middle = (values: readonly number[]): number => median(Float64Array.from(values).sort());
  const point = { x: middle(points.map(({ x }) => x)), y: middle(points.map(({ y }) => y)) };
  return { point, members: points.length, radius: null };
}
