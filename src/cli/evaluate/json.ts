import { csvCell, type SeriesEvaluation } from '../../landmarks/index.js';
import type { EvaluationTitle } from './format.js';

/** The object of `--json`; numbers that are not defined are null. */
export function evaluationJson(all: readonly SeriesEvaluation[], title: EvaluationTitle) {
  return {
    truth: { file: title.truth, images: title.images },
    confidence: title.confidence,
    resamples: title.resamples,
    ...(title.scaleLabel === undefined ? {} : { relativeTo: title.scaleLabel }),
    series: all.map(({ label, file, stage, images, errors, ...rest }) => ({
      label,
      file,
      stage,
      images,
      landmarks: errors.length,
      missing: rest.missing,
      extra: rest.extra,
      undetermined: rest.undetermined,
      unpredicted: rest.unpredicted,
      pixels: rest.pixels,
      ...(rest.relative === undefined ? {} : { relative: rest.relative }),
      ...(rest.difference === undefined ? {} : { difference: rest.difference }),
    })),
  };
}

/** A row per landmark and series: where it was found relative to where it is, in pixels. */
export function errorsCsv(all: readonly SeriesEvaluation[]): string {
  const rows = all.flatMap(({ label, errors }) =>
    errors.map(({ name, side, dx, dy, distance }) =>
      [csvCell(name), csvCell(label), side, dx, dy, distance].join(','),
    ),
  );
  return `image,series,side,dx,dy,distance\n${rows.map((row) => `${row}\n`).join('')}`;
}
