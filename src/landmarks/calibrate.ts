/** One landmark: what its confidence is computed from, and how far off it was. */
export interface Observation {
  readonly features: readonly number[];
  /** Error as a share of the image's width. */
  readonly error: number;
}

/** A logistic model of standardised features. */
export interface LogisticModel {
  readonly center: readonly number[];
  readonly scale: readonly number[];
  readonly coefficients: readonly number[];
}

/** Keeps coefficients finite where the two kinds can be told apart without fail. */
const RIDGE = 1e-2;
const MOST_STEPS = 100;

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

/** Solves A x = b for a symmetric positive definite A, by elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const size = (i: number): number => Math.abs(rows[i]?.[k] ?? 0);
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (size(i) > size(pivot)) pivot = i;
    const [first, other] = [rows[k], rows[pivot]];
    if (first === undefined || other === undefined) throw new Error('the matrix has its rows');
    rows[k] = other;
    rows[pivot] = first;
    for (const row of rows.slice(k + 1)) {
      const factor = (row[k] ?? 0) / (other[k] ?? 1);
      for (let j = k; j <= n; j++) row[j] = (row[j] ?? 0) - factor * (other[j] ?? 0);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const row = rows[i] ?? [];
    const known = dot(row.slice(i + 1, n), x.slice(i + 1));
    x[i] = ((row[n] ?? 0) - known) / (row[i] ?? 1);
  }
  return x;
}

/**
 * Logistic regression by Newton's method (iteratively reweighted least squares), with a small ridge on the factors.
 * @param right whether an error counts as right
 */
export function fitLogistic(
  observations: readonly Observation[],
  right: (error: number) => boolean,
): LogisticModel {
  const count = observations.length;
  const size = observations[0]?.features.length ?? 0;
  const indices = Array.from({ length: size }, (_, i) => i);
  const mean = (pick: (o: Observation) => number): number =>
    observations.reduce((sum, o) => sum + pick(o), 0) / count;
  const center = indices.map((i) => mean(({ features }) => features[i] ?? 0));
  const scale = indices.map((i) => {
    const deviation = Math.sqrt(mean(({ features }) => ((features[i] ?? 0) - (center[i] ?? 0)) ** 2));
    return deviation > 0 ? deviation : 1;
  });
  const rows = observations.map(({ features }) => [
    1,
    ...features.map((value, i) => (value - (center[i] ?? 0)) / (scale[i] ?? 1)),
  ]);
  const targets = observations.map(({ error }) => (right(error) ? 1 : 0));
  let coefficients = new Array<number>(size + 1).fill(0);
  for (let step = 0; step < MOST_STEPS; step++) {
    const ridge = (i: number): number => (i === 0 ? 1e-9 : RIDGE);
    const gradient = coefficients.map((value, i) => -ridge(i) * value);
    const hessian = coefficients.map((_, i) => coefficients.map((__, j) => (i === j ? ridge(i) : 0)));
    for (const [k, row] of rows.entries()) {
      const p = sigmoid(dot(coefficients, row));
      for (const [i, a] of row.entries()) {
        gradient[i] = (gradient[i] ?? 0) + a * ((targets[k] ?? 0) - p);
        const line = hessian[i] ?? [];
        for (const [j, b] of row.entries()) line[j] = (line[j] ?? 0) + p * (1 - p) * a * b;
      }
    }
    const change = solve(hessian, gradient);
    // A step of Newton's method may overshoot where the fit is nearly perfect.
    const longest = Math.max(...change.map(Math.abs));
    const factor = Math.min(1, 5 / longest);
    coefficients = coefficients.map((value, i) => value + factor * (change[i] ?? 0));
    if (longest < 1e-9) break;
  }
  return { center, scale, coefficients };
}

/** A landmark's confidence, and what came of it. */
export interface Judged {
  readonly confidence: number;
  readonly error: number;
}

/** Landmarks of similar confidence. */
export interface ReliabilityBin {
  readonly count: number;
  readonly meanConfidence: number;
  /** Share of them that are right. */
  readonly right: number;
}

/** How well confidences agree with what happens. */
export interface Reliability {
  readonly count: number;
  readonly right: number;
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: the bins' differences between mean confidence and share, weighted by their landmarks. */
  readonly expectedError: number;
  /** Brier score: the mean squared difference between confidence and outcome. */
  readonly brier: number;
  /** Probability that of a right and a wrong landmark the right one has the higher confidence; NaN without both kinds. */
  readonly auc: number;
}

/** Confidences against outcomes, in `bins` bins with as many landmarks each. */
export function reliability(judged: readonly Judged[], limit: number, bins = 10): Reliability {
  const sorted = [...judged].sort((a, b) => a.confidence - b.confidence);
  const count = sorted.length;
  const isRight = ({ error }: Judged): boolean => error <= limit;
  const shareOf = (part: readonly Judged[]): number => part.filter(isRight).length / part.length;
  const made = Array.from({ length: bins }, (_, i): ReliabilityBin => {
    const part = sorted.slice(Math.round((i * count) / bins), Math.round(((i + 1) * count) / bins));
    const meanConfidence = part.reduce((sum, { confidence }) => sum + confidence, 0) / part.length;
    return { count: part.length, meanConfidence, right: shareOf(part) };
  }).filter((bin) => bin.count > 0);
  const gap = made.reduce((sum, bin) => sum + bin.count * Math.abs(bin.meanConfidence - bin.right), 0);
  const brier = sorted.reduce((sum, one) => sum + (one.confidence - (isRight(one) ? 1 : 0)) ** 2, 0);
  return {
    count,
    right: shareOf(sorted),
    bins: made,
    expectedError: gap / count,
    brier: brier / count,
    auc: auc(sorted, isRight),
  };
}

function auc(sorted: readonly Judged[], isRight: (one: Judged) => boolean): number {
  const right = sorted.filter(isRight);
  const wrong = sorted.filter((one) => !isRight(one));
  let wins = 0;
  for (const a of right)
    for (const b of wrong) wins += a.confidence > b.confidence ? 1 : a.confidence === b.confidence ? 0.5 : 0;
  return wins / (right.length * wrong.length);
}

/** What is left when the least confident landmarks are put aside for a person to look at. */
export interface TriagePoint {
  /** Share of the landmarks that is kept. */
  readonly kept: number;
  readonly meanError: number;
  /** Share of the kept that are right. */
  readonly right: number;
}

/** Errors of the most confident landmarks, for every number that may be kept. */
export function triage(judged: readonly Judged[], limit: number): TriagePoint[] {
  const sorted = [...judged].sort((a, b) => b.confidence - a.confidence);
  let sum = 0;
  let right = 0;
  return sorted.map(({ error }, i) => {
    sum += error;
    if (error <= limit) right++;
    return { kept: (i + 1) / sorted.length, meanError: sum / (i + 1), right: right / (i + 1) };
  });
}
