import type { ModelDtype } from '../../zian/model-file.js';
import type { Point } from '../engine.js';

/** One tensor of the reference against the model's. */
export interface StageRow {
  /** With `flipped.` before it for the mirrored run. */
  readonly stage: string;
  /** `stages`: the instrumented graph; `localize`: the one that landmarks come from. */
  readonly graph: 'stages' | 'localize';
  readonly shape: readonly number[];
  /** Every so-manieth element was compared. */
  readonly every: number;
  readonly maxError: number;
  readonly rmsError: number;
  /** The reference's largest magnitude. */
  readonly scale: number;
  readonly tolerance: number;
  readonly ok: boolean;
}

/** How far the model and PyTorch's float32 are from float64. */
export interface AccuracyRow {
  readonly stage: string;
  readonly graph: StageRow['graph'];
  /** `float32-grid`: float64 at the sampling positions of float32, so that only arithmetic is left. */
  readonly against: 'float64' | 'float32-grid';
  readonly model: number;
  /** null where the reference has no float32 tensor of the same stage. */
  readonly pytorch: number | null;
}

/** A point from `localize`, and the one that the reference's heat maps imply. */
export interface PointRow {
  readonly name: string;
  readonly unit: string;
  readonly model: Point;
  readonly reference: Point;
  /** In each axis. */
  readonly tolerance: number;
  readonly ok: boolean;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly adapter: string;
  /** f16 where weights or arithmetic are: the tolerances are those of this type. */
  readonly dtype: ModelDtype;
  readonly stages: readonly StageRow[];
  readonly accuracy: readonly AccuracyRow[];
  readonly points: readonly PointRow[];
  /** Why there is no landmark, in which case the stages tell where it went wrong; or null. */
  readonly problem: string | null;
  /** Names in the reference that the model has no stage for. */
  readonly notCompared: readonly string[];
}
