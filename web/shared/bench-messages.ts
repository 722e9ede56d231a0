import type { CaseResult } from '../../bench/kernels.js';
import type { ModelResult } from '../../bench/model.js';
import type { Roofline } from '../../bench/roofline/measure.js';
import type { DeviceReport } from '../../src/graph/device.js';

/** What the bench page asks for. */
export interface BenchRequest {
  /** Part of a kernel's or case's name, empty for all; undefined: no kernels. */
  readonly kernels?: string;
  /** A recorded run: the released network at full size, or a narrow one. */
  readonly model?: 'full-refuge' | 'narrow';
  readonly quick: boolean;
}

/** What the bench's worker tells, in this order; `done` or `failed` is the last. */
export type BenchMessage =
  | { readonly device: DeviceReport }
  | { readonly note: string; readonly done: number; readonly total: number }
  | { readonly roofline: Roofline }
  | { readonly kernel: CaseResult }
  | { readonly model: ModelResult }
  | { readonly done: true }
  | { readonly failed: string };
