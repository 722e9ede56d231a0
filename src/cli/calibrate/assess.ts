import {
  fitLogistic,
  type Judged,
  type LogisticModel,
  type Observation,
  type Reliability,
  reliability,
  type TriagePoint,
  triage,
} from '../../landmarks/calibrate.js';
import { probabilityOf } from '../../zian/calibration.js';

/** How good a calibration is, on landmarks that it was not fitted on. */
export interface Assessment {
  /** Where those come from: a file of their own, or parts of the landmarks that were left out of the fit in turn. */
  readonly on: 'held-out' | 'cross-validation';
  readonly reliability: Reliability;
  readonly triage: readonly TriagePoint[];
}

const FOLDS = 10;

const judge = (model: LogisticModel, observations: readonly Observation[]): Judged[] =>
  observations.map(({ features, error }) => ({ confidence: probabilityOf(model, features), error }));

/** Each part by a model of the other nine tenths. */
function crossValidated(observations: readonly Observation[], limit: number): Judged[] {
  return Array.from({ length: FOLDS }, (_, fold) => {
    const rest = observations.filter((__, i) => i % FOLDS !== fold);
    const part = observations.filter((__, i) => i % FOLDS === fold);
    return judge(
      fitLogistic(rest, (error) => error <= limit),
      part,
    );
  }).flat();
}

/** @param heldOut landmarks that the model has not seen; without them it is judged by cross-validation */
export function assess(
  model: LogisticModel,
  observations: readonly Observation[],
  heldOut: readonly Observation[] | undefined,
  limit: number,
): Assessment {
  const judged = heldOut === undefined ? crossValidated(observations, limit) : judge(model, heldOut);
  return {
    on: heldOut === undefined ? 'cross-validation' : 'held-out',
    reliability: reliability(judged, limit),
    triage: triage(judged, limit),
  };
}

const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** The triage curve at a share that is kept. */
export const keptAt = ({ triage: curve }: Assessment, share: number): TriagePoint | undefined =>
  curve[Math.max(1, Math.round(share * curve.length)) - 1];

/** For people. */
export function assessmentText(assessment: Assessment, limit: number): string {
  const { on, reliability: r } = assessment;
  const where = on === 'held-out' ? 'held-out landmarks' : 'landmarks, by cross-validation';
  const kept = [1, 0.9, 0.8, 0.5].flatMap((share) => {
    const point = keptAt(assessment, share);
    if (point === undefined) return [];
    const name = share === 1 ? 'all' : `the most confident ${percent(share, 0)}`;
    return [
      `  ${name}: mean error ${percent(point.meanError, 2)}, ${percent(point.right)} within ${percent(limit)}`,
    ];
  });
  return [
    `${r.count} ${where}: ${percent(r.right)} are within ${percent(limit)} of the width`,
    `expected calibration error ${percent(r.expectedError)}, Brier score ${r.brier.toFixed(3)}, area under the ROC curve ${r.auc.toFixed(3)}`,
    ...kept,
    '',
  ].join('\n');
}
