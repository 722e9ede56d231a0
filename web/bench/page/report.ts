import { faults } from '../../../bench/faults.js';
import type { CaseResult } from '../../../bench/kernels.js';
import type { ModelResult } from '../../../bench/model.js';
import type { Roofline } from '../../../bench/roofline/measure.js';
import { kernelSection, modelSection, rooflineSection, type Section } from '../../../bench/sections.js';
import type { DeviceReport } from '../../../src/graph/device.js';
import type { BenchRequest } from '../../shared/bench-messages.js';
import { catalog } from '../../shared/catalog.js';

/** What a bench run has found so far. */
export interface BenchFindings {
  readonly device?: DeviceReport;
  /** Measured before kernels, for what they are shares of. */
  readonly roofline?: Roofline;
  readonly kernels: readonly CaseResult[];
  readonly model?: ModelResult;
}

/** The parts of the report in their order. */
export function findingSections({ device, roofline, kernels, model }: BenchFindings): Section[] {
  const found = { kernels, model: model ?? null };
  const wrong = faults(found);
  return [
    ...(device ? [deviceSection(device)] : []),
    ...(wrong.length > 0 ? [{ title: 'Wrong results', lines: wrong, tables: [] }] : []),
    ...(model ? [modelSection(model)] : []),
    ...(roofline ? [rooflineSection(roofline)] : []),
    ...(kernels.length > 0 ? [kernelSection(kernels, roofline ?? null)] : []),
  ];
}

const deviceSection = ({ name, vendor, architecture, software, features }: DeviceReport): Section => ({
  title: name,
  lines: [
    [vendor, architecture].filter((text) => text !== '').join(', '),
    software ? 'computes on the CPU' : 'computes on a GPU',
    `features: ${features.join(', ')}`,
    navigator.userAgent,
  ].filter((text) => text !== ''),
  tables: [],
});

/** The figures as JSON: of the same form as those of `npm run bench -- --json`, but for the environment. */
export function findingsJson(
  request: BenchRequest,
  { device, roofline, kernels, model }: BenchFindings,
): string {
  const environment = {
    date: new Date().toISOString(),
    version: catalog.version,
    browser: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    adapter: device ?? null,
  };
  const report = {
    environment,
    options: request,
    roofline: roofline ?? null,
    kernels,
    model: model ?? null,
  };
  return `${JSON.stringify(report, null, 1)}\n`;
}
