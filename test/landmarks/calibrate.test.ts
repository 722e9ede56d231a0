import { describe, expect, it } from 'vitest';
import {
  fitLogistic,
  type Judged,
  type Observation,
  reliability,
  triage,
} from '../../src/landmarks/calibrate.js';
import { probabilityOf } from '../../src/zian/calibration.js';
import { random as makeRandom } from '../support/random.js';

const random = makeRandom(5);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const isRight = (error: number): boolean => error <= 1;

/** Landmarks that are right with the probability of a known logistic model. */
const drawn = (count: number): Observation[] =>
  Array.from({ length: count }, () => {
    const features = [3 + 2 * normal(), 10 * normal()];
    const p = 1 / (1 + Math.exp(-(0.5 + 0.8 * ((features[0] ?? 0) - 3) - 0.1 * (features[1] ?? 0))));
    return { features, error: random() < p ? 0.5 : 2 };
  });

describe('the logistic fit', () => {
  const observations = drawn(4000);
  const model = fitLogistic(observations, isRight);

  it('finds the model that the outcomes were drawn from', () => {
    const { center, scale, coefficients } = model;
    const slope = (i: number) => (coefficients[i + 1] ?? 0) / (scale[i] ?? 1);
    expect(slope(0)).toBeCloseTo(0.8, 1);
    expect(slope(1)).toBeCloseTo(-0.1, 1);
    const atZero = (coefficients[0] ?? 0) - slope(0) * ((center[0] ?? 0) - 3) - slope(1) * (center[1] ?? 0);
    expect(Math.abs(atZero - 0.5)).toBeLessThan(0.12);
  });

  it('is where the likelihood is highest: its gradient is that of the ridge', () => {
    const gradient = [0, 0, 0];
    for (const { features, error } of observations) {
      const rest = (isRight(error) ? 1 : 0) - probabilityOf(model, features);
      const row = [1, ...features.map((v, i) => (v - (model.center[i] ?? 0)) / (model.scale[i] ?? 1))];
      for (const [i, v] of row.entries()) gradient[i] = (gradient[i] ?? 0) + rest * v;
    }
    expect(gradient[0]).toBeCloseTo(0, 6);
    for (const i of [1, 2]) expect(gradient[i]).toBeCloseTo(0.01 * (model.coefficients[i] ?? 0), 6);
  });

  it('is calibrated on outcomes that it has not seen, and a wrong model is not', () => {
    const judge = (of: typeof model): Judged[] =>
      drawn(4000).map(({ features, error }) => ({ confidence: probabilityOf(of, features), error }));
    expect(reliability(judge(model), 1).expectedError).toBeLessThan(0.035);
    const overconfident = { ...model, coefficients: model.coefficients.map((c) => 4 * c) };
    expect(reliability(judge(overconfident), 1).expectedError).toBeGreaterThan(0.1);
  });

  it('stays finite where the kinds can be told apart, and where a feature is constant', () => {
    const clear = Array.from({ length: 60 }, (_, i) => ({ features: [i, 7], error: i < 30 ? 2 : 0 }));
    const { coefficients } = fitLogistic(clear, isRight);
    expect(coefficients.every(Number.isFinite)).toBe(true);
    expect(coefficients[1]).toBeGreaterThan(3);
    expect(coefficients[2]).toBeCloseTo(0, 9);
  });
});

describe('judging confidences', () => {
  const judged: Judged[] = [
    { confidence: 0.9, error: 0.1 },
    { confidence: 0.7, error: 0.3 },
    { confidence: 0.2, error: 4 },
    { confidence: 0.6, error: 2 },
  ];

  it('compares mean confidence and share in each bin', () => {
    const { bins, expectedError, brier, auc, right } = reliability(judged, 1, 2);
    expect(bins.map(({ count, right: share }) => [count, share])).toEqual([
      [2, 0],
      [2, 1],
    ]);
    expect(bins[0]?.meanConfidence).toBeCloseTo(0.4, 12);
    expect(expectedError).toBeCloseTo((2 * 0.4 + 2 * 0.2) / 4, 12);
    expect(brier).toBeCloseTo((0.01 + 0.09 + 0.04 + 0.36) / 4, 12);
    expect([auc, right]).toEqual([1, 0.5]);
  });

  it('keeps the most confident', () => {
    const curve = triage(judged, 1);
    expect(curve.map(({ kept }) => kept)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(curve[1]?.meanError).toBeCloseTo(0.2, 12);
    expect(curve[3]?.meanError).toBeCloseTo(1.6, 12);
    expect(curve.map(({ right }) => right)).toEqual([1, 1, 2 / 3, 0.5]);
  });
});
