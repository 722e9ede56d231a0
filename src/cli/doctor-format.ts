import { DEFAULT_LIMITS, type LimitName } from '../graph/device.js';
import type { AdapterCheck } from '../node/adapters.js';

/** What `zian doctor` found, as `--json` prints it. */
export interface DoctorReport {
  readonly versions: {
    readonly 'zian-webgpu': string;
    readonly node: string;
    /** null where the package is not installed. */
    readonly webgpu: string | null;
    readonly '@sparticuz/chromium': string | null;
    readonly os: string;
  };
  readonly adapters: readonly AdapterCheck[];
  /** Index of the adapter that `--adapter auto` takes, or null. */
  readonly auto: number | null;
  /** The machine's own Vulkan loader, on Linux. */
  readonly vulkanLoader: boolean | null;
  /** The driver variables that are set, by name. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the packaged SwiftShader's manifest was unpacked to, or why there is none. */
  readonly swiftShader: { readonly manifest: string } | { readonly unavailable: string };
  /** What to do, most useful first; empty where a GPU works. */
  readonly advice: readonly string[];
}

/** The features that matter to the engine; an adapter's others are listed after them. */
const FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'];

/** The doctor's report for people. */
export function formatDoctor(report: DoctorReport): string {
  const { versions, adapters, auto, advice } = report;
  const lines = [
    `zian-webgpu ${versions['zian-webgpu']}, Node ${versions.node}, webgpu ${versions.webgpu ?? 'not installed'}, ${versions.os}`,
    `packaged SwiftShader: ${'manifest' in report.swiftShader ? report.swiftShader.manifest : report.swiftShader.unavailable}`,
  ];
  if (report.vulkanLoader !== null) {
    lines.push(`Vulkan loader of the system: ${report.vulkanLoader ? 'found' : 'not found'}`);
  }
  for (const [name, value] of Object.entries(report.environment)) lines.push(`${name}=${value}`);
  adapters.forEach((check, i) => {
    lines.push('', ...adapterLines(check, i === auto));
  });
  lines.push('', autoLine(report));
  if (advice.length > 0)
    lines.push(
      '',
      auto === null ? 'What to do:' : 'To compute on a GPU:',
      ...advice.map((line) => `  - ${line}`),
    );
  return `${lines.join('\n')}\n`;
}

function autoLine({ adapters, auto }: DoctorReport): string {
  if (auto !== null) return `--adapter auto takes ${adapters[auto]?.entry.name}.`;
  return adapters.length === 0 ? 'No adapter was found.' : 'No adapter can be used.';
}

function adapterLines({ entry, outcome, milliseconds }: AdapterCheck, isAuto: boolean): string[] {
  const kind = entry.software ? 'software' : 'hardware';
  const from = entry.source === 'packaged' ? ', packaged' : '';
  const missing = FEATURES.filter((feature) => !entry.features.includes(feature));
  const others = entry.features.length - FEATURES.length + missing.length;
  const has = FEATURES.filter((feature) => entry.features.includes(feature)).join(', ') || 'none that help';
  return [
    `${isAuto ? '*' : ' '} ${entry.name} (${kind}, ${entry.backend}${from})`,
    ...(entry.description ? [row('description', entry.description)] : []),
    row('features', `${has}; ${missing.length > 0 ? `not ${missing.join(', ')}; ` : ''}${others} others`),
    ...Object.entries(DEFAULT_LIMITS).map(([name, standard], i) => {
      const value = limitOf(entry.limits, name);
      const more = value > standard ? `  (WebGPU's default: ${amount(name, standard)})` : '';
      return row(i === 0 ? 'limits' : '', `${name} ${amount(name, value)}${more}`);
    }),
    row('self-test', outcome.ok ? `passed in ${milliseconds.toFixed(0)} ms` : `FAILED: ${outcome.reason}`),
  ];
}

const row = (title: string, text: string): string => `    ${title.padEnd(12)}${text}`;

const limitOf = (limits: Readonly<Record<LimitName, number>>, name: string): number =>
  new Map<string, number>(Object.entries(limits)).get(name) ?? 0;

/** Sizes in the largest binary unit that fits. */
function amount(name: string, value: number): string {
  if (!/Size$/.test(name)) return String(value);
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  let size = value;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${Number(size.toFixed(1))} ${units[unit]}`;
}
