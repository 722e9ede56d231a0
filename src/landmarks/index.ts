export { type BootstrapOptions, DEFAULT_CONFIDENCE, DEFAULT_RESAMPLES, type Estimate } from './bootstrap.js';
export {
  CHALLENGE_FORMATS,
  type ChallengeFormat,
  challengeCsv,
  challengeHeader,
  challengeRow,
  sidesOf,
} from './challenge-format.js';
export { cellText, csvCell } from './csv-cell.js';
export { type Agreement, agree, ENSEMBLE_METHODS, type EnsembleMethod } from './ensemble.js';
export {
  type Comparison,
  compareTables,
  distancesOf,
  type LandmarkError,
  meansByImage,
} from './errors.js';
export { type EvaluationOptions, evaluate, type Series, type SeriesEvaluation } from './evaluate.js';
export { type JoinedRow, joinTables } from './join.js';
export { LAYOUT_NAMES, type LayoutOptions } from './layouts.js';
export { matchNames, stem } from './match.js';
export {
  type DetectionRate,
  type DistanceSummary,
  meanDifference,
  PERCENTILES,
  summarize,
} from './metrics.js';
export { parseTable } from './parse-table.js';
export { type ImageSize, parseResults, type ResultTables } from './results.js';
export { findScale, type Scale } from './scale.js';
export { type LandmarkRow, type LandmarkTable, sideNames, withOrigin } from './table.js';
