import { execFile } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { promisify } from 'node:util';
import type { DeviceReport } from '../src/graph/device.js';
import { installedPackage, ownVersion } from '../src/node/versions.js';
import type { CaseResult } from './kernels.js';
import type { ModelResult } from './model.js';

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
  readonly kernels: readonly CaseResult[] | null;
  readonly model: ModelResult | null;
}

/** @param root folder of the package */
export async function environment(report: DeviceReport, root: string): Promise<Environment> {
  const { name, vendor, architecture, description, backend, software, features } = report;
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    version: await ownVersion(),
    commit: await commitOf(root),
    adapter: { name, vendor, architecture, description, backend, software, features },
    webgpu: (await installedPackage('webgpu'))?.version ?? null,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    load: loadavg()[0] ?? 0,
  };
}

async function commitOf(root: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--dirty'], { cwd: root });
    return stdout.trim();
  } catch {
    return null;
  }
}

/** What a run found wrong, a line each. */
export function faults({ kernels, model }: Pick<BenchReport, 'kernels' | 'model'>): string[] {
  const ofKernels = (kernels ?? []).flatMap(({ kernel, name, variants }) =>
    variants.flatMap((result) =>
      'wrong' in result ? [`${kernel}, ${name}, ${result.variant}: ${result.wrong}`] : [],
    ),
  );
  const ofModel = model?.check.wrong.map((sentence) => `model ${model.run}: ${sentence}`) ?? [];
  return [...ofKernels, ...ofModel];
}
