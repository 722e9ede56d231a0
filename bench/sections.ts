import { faults } from './faults.js';
import { digits, mebibytes, type Table } from './format.js';
import type { CaseResult, VariantResult } from './kernels.js';
import { millisecondsOf } from './measure.js';
import type { GroupResult, ModelResult, Profile } from './model.js';
import type { BenchReport, Environment } from './report.js';
import { type Roofline, shareOfRoofline } from './roofline/measure.js';
import type { Summary } from './statistics.js';

/** A part of the report: a title, then lines, then tables. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  readonly tables: readonly Table[];
}

const quartiles = ({ q1, q3 }: Summary): string => `${digits(q1)}–${digits(q3)}`;
const withQuartiles = (summary: Summary): string => `${digits(summary.median)} ms (${quartiles(summary)})`;

/** A dash for what does not exist, such as a share of a roof that could not be measured. */
const percent = (share: number | null): string =>
  share !== null && Number.isFinite(share) ? `${(100 * share).toFixed(0)} %` : '-';

function kernelCells(
  { kernel, name, cost }: CaseResult,
  result: VariantResult,
  roofline: Roofline | null,
): string[] {
  if ('wrong' in result) return [kernel, name, result.variant, 'WRONG', '', '', '', '', '', ''];
  const time = millisecondsOf(result);
  return [
    kernel,
    name,
    result.variant,
    digits(time.median),
    quartiles(time),
    digits(result.wall.median),
    digits(result.gflops),
    digits(result.gbytes),
    percent(roofline && shareOfRoofline(cost, time.median, roofline)),
    `${time.samples}×${result.repeats}`,
  ];
}

const KERNEL_HEAD = [
  'kernel',
  'case',
  'variant',
  'ms',
  'quartiles',
  'wall ms',
  'GFLOP/s',
  'GB/s',
  'of roof',
  'samples',
];

const ROOF =
  'Of roof: the least time that the measured peaks allow, by operations or by bytes, as a share of the time taken. Winograd avoids operations, and small tensors stay in caches: both may exceed it.';

/** The adapter's peaks, each by the form that reached it. */
export function rooflineSection({ gflops, gbytes, cases }: Roofline): Section {
  return {
    title: 'Roofline',
    lines: [
      `${digits(gflops)} GFLOP/s of multiply-adds in registers, ${digits(gbytes)} GB/s copied; measured on this adapter`,
    ],
    tables: kernelSection(cases).tables,
  };
}

export function kernelSection(results: readonly CaseResult[], roofline: Roofline | null = null): Section {
  const timed = results.flatMap(({ variants }) => variants.filter((result) => !('wrong' in result)));
  const byWall = timed.length > 0 && timed.every((result) => 'gpu' in result && result.gpu === null);
  return {
    title: 'Kernels',
    lines: [
      byWall
        ? 'Medians of wall time, for the device has no timestamps.'
        : 'Medians of GPU time by timestamps; the wall time of the same repetitions beside it.',
      ...(roofline ? [ROOF] : []),
    ],
    tables: [
      {
        head: KERNEL_HEAD,
        rows: results.flatMap((result) =>
          result.variants.map((variant) => kernelCells(result, variant, roofline)),
        ),
        numbers: new Set([3, 4, 5, 6, 7, 8, 9]),
      },
    ],
  };
}

const groupTable = (title: string, groups: readonly GroupResult[], total: number): Table => ({
  head: [title, 'dispatches', 'ms', 'quartiles', 'share', 'GFLOP/s', 'GB/s'],
  rows: groups.map(({ name, dispatches, milliseconds, gflops, gbytes }) => [
    name,
    String(dispatches),
    digits(milliseconds.median),
    quartiles(milliseconds),
    `${((100 * milliseconds.median) / total).toFixed(1)} %`,
    digits(gflops),
    digits(gbytes),
  ]),
  numbers: new Set([1, 2, 3, 4, 5, 6]),
});

function profileTables({ stages, kernels, milliseconds }: Profile): Table[] {
  return [
    groupTable('stage', stages, milliseconds.median),
    groupTable('kernel', kernels, milliseconds.median),
  ];
}

function timeLines({ times }: ModelResult): string[] {
  if (!times) return ['WRONG: not timed.'];
  const { first, warm, profile } = times;
  return [
    `first image ${digits(first)} ms; later ones ${withQuartiles(warm.network)} from the submit to the results, after ${withQuartiles(warm.preprocess)} on the host (${warm.network.samples} runs)`,
    profile
      ? `sum of all dispatches, each timed by itself: ${withQuartiles(profile.milliseconds)}`
      : 'the device has no timestamps, so that stages are not timed',
  ];
}

export function modelSection(result: ModelResult): Section {
  const { run, image, crop, check, dispatches, queue, memory, loadMilliseconds, reloadMilliseconds, times } =
    result;
  const errors = check.heatmaps.map(
    ({ heatmap, maxError, compared }) =>
      `${heatmap} within ${maxError.toExponential(1)} (${compared} elements)`,
  );
  const bytes = memory.weights + memory.activations + memory.inputsAndOutputs;
  return {
    title: `Model ${run}, ${image.join('×')} to ${crop.join('×')}`,
    lines: [
      `against PyTorch: ${errors.join(', ')}${check.wrong.length > 0 ? '' : ', the same landmark'}`,
      `${dispatches} dispatches, ${queue.submits} submit${queue.submits === 1 ? '' : 's'} and ${queue.writes} writes per image`,
      `GPU memory ${mebibytes(bytes)}: weights ${mebibytes(memory.weights)}, activations ${mebibytes(memory.activations)}, inputs and outputs ${mebibytes(memory.inputsAndOutputs)}`,
      `loading ${digits(loadMilliseconds)} ms; ${digits(reloadMilliseconds)} ms again, with nothing to compile`,
      ...timeLines(result),
    ],
    tables: times?.profile ? profileTables(times.profile) : [],
  };
}

export function environmentLines(found: Environment): string[] {
  const { adapter, version, commit, webgpu, node, platform, cpu, cores, load, date } = found;
  return [
    `${adapter.name} (${[adapter.description, adapter.backend].filter((text) => text !== '').join(', ')})`,
    `zian-webgpu ${version}${commit === null ? '' : ` (${commit})`}, webgpu ${webgpu ?? 'unknown'}, Node ${node}, ${platform}, ${cpu} with ${cores} cores, load ${load.toFixed(1)}, ${date}`,
  ];
}

/** What was wrong, if anything was. */
export function faultSections(report: Pick<BenchReport, 'kernels' | 'model'>): Section[] {
  const lines = faults(report);
  return lines.length > 0 ? [{ title: 'Wrong results', lines, tables: [] }] : [];
}

/** The parts of a report in their order. */
export const sections = (report: Pick<BenchReport, 'roofline' | 'kernels' | 'model'>): Section[] => [
  ...(report.roofline ? [rooflineSection(report.roofline)] : []),
  ...(report.kernels ? [kernelSection(report.kernels, report.roofline)] : []),
  ...(report.model ? [modelSection(report.model)] : []),
  ...faultSections(report),
];
