import type { DeviceReport } from '../src/graph/device.js';
import type { CaseResult } from './kernels.js';
import type { ModelResult } from './model.js';
import type { Roofline } from './roofline/measure.js';

/** The machine and the versions that figures hold for. */
export interface Environment {
  readonly date: string;
  readonly version: string;
  /** As `git describe --always --dirty` has it; null outside a clone. */
  readonly commit: string | null;
  readonly adapter: Pick<
    DeviceReport,
    'name' | 'vendor' | 'architecture' | 'description' | 'backend' | 'software' | 'features'
  >;
  /** The npm package `webgpu`, which holds Dawn. */
  readonly webgpu: string | null;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Processes that wanted to run in the minute before: more than a little, and the figures are of a busy machine. */
  readonly load: number;
}

/** Everything a bench run found: what `--json` writes. */
export interface BenchReport {
  readonly environment: Environment;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Null where no kernels were timed. */
  readonly roofline: Roofline | null;
  readonly kernels: readonly CaseResult[] | null;
  readonly model: ModelResult | null;
}
