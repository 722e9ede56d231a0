import { basename, extname } from 'node:path';
import type { ImageSize, LayoutOptions, Series } from '../../landmarks/index.js';
import { readPredictions } from '../../node/tables.js';

/** What the prediction files hold. */
export interface ReadSeries {
  readonly series: readonly Series[];
  /** Of images that results name, by their names there. */
  readonly sizes: ReadonlyMap<string, ImageSize>;
}

/** Files' names without endings; whole paths where two would be alike. */
function labels(paths: readonly string[]): string[] {
  const short = paths.map((path) => basename(path, extname(path)));
  return new Set(short).size === short.length ? short : [...paths];
}

/**
 * Reads prediction files, each a series, or two (coarse and fine) where it has both stages.
 * @throws ZianError: input where one is unusable; usage where the layout does not fit
 */
export async function readSeries(paths: readonly string[], options: LayoutOptions): Promise<ReadSeries> {
  const names = labels(paths);
  const series: Series[] = [];
  const sizes = new Map<string, ImageSize>();
  for (const [i, file] of paths.entries()) {
    const label = names[i] ?? file;
    const predictions = await readPredictions(file, options);
    if ('table' in predictions) {
      series.push({ label, file, stage: null, table: predictions.table });
      continue;
    }
    const { coarse, fine } = predictions.results;
    series.push({ label: `${label} coarse`, file, stage: 'coarse', table: coarse });
    series.push({ label: `${label} fine`, file, stage: 'fine', table: fine });
    for (const [name, size] of predictions.results.sizes) sizes.set(name, size);
  }
  return { series, sizes };
}
