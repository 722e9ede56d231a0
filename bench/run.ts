import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CliContext } from '../src/cli/context.js';
import { reportError } from '../src/cli/report-error.js';
import { inputError, usageError } from '../src/errors.js';
import type { EngineDevice } from '../src/graph/index.js';
import type { KernelSuite } from '../src/kernels/contract.js';
import { openDevice } from '../src/node/adapters.js';
import { writeFileAtomic } from '../src/node/atomic-file.js';
import { openFileSource } from '../src/node/file-source.js';
import { packageAround } from '../src/node/versions.js';
import { readRun, runTensorsPath } from '../test/support/runs.js';
import { environment } from './environment.js';
import { faults } from './faults.js';
import { type BenchCase, benchCase, type CaseResult, selectCases } from './kernels.js';
import type { Effort } from './measure.js';
import { benchModel, type ModelResult } from './model.js';
import { type BenchOptions, parseOptions } from './options.js';
import { readOwnSuites } from './own/read.js';
import { measureRoofline } from './roofline/measure.js';
import { rooflinePlot } from './roofline/plot.js';
import {
  environmentLines,
  faultSections,
  kernelSection,
  modelSection,
  rooflineSection,
  type Section,
} from './sections.js';
import { reportMarkdown, sectionText } from './write.js';

/** A recorded run of the released REFUGE model, and one of the same network with few channels. */
const FULL_RUN = 'full-refuge';
const TINY_RUN = 'narrow';

/** What the bench needs from outside. */
export interface BenchContext extends Pick<CliContext, 'streams' | 'debug'> {
  readonly suites: readonly KernelSuite[];
}

/** The checkout that this program is part of. */
async function checkout(): Promise<string> {
  const here = fileURLToPath(import.meta.url);
  const root = (await packageAround(here, 'zian-webgpu'))?.root;
  if (root === undefined || !existsSync(runsFolder(root)))
    throw inputError(
      `The bench compares with test/fixtures/runs, which is not beside ${here}; run it in a clone.`,
    );
  return root;
}

/** Told before minutes of measuring rather than after. */
function checkOutput(path: string | undefined): void {
  if (path !== undefined && !existsSync(dirname(path)))
    throw usageError(`${path} cannot be written: its folder does not exist; make it first.`);
}

const runsFolder = (root: string): string => join(root, 'test', 'fixtures', 'runs');

async function benchKernels(
  device: EngineDevice,
  cases: readonly BenchCase[],
  effort: Effort,
  note: (line: string) => void,
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [i, found] of cases.entries()) {
    note(`[${i + 1}/${cases.length}] ${found.suite.kernel.name}, ${found.record.name}`);
    results.push(await benchCase(device, found, effort));
  }
  return results;
}

/** @param folder where the recorded runs are */
async function benchRecorded(
  device: EngineDevice,
  name: string,
  folder: string,
  runs: number,
  note: (line: string) => void,
): Promise<ModelResult> {
  const tensors = await openFileSource(runTensorsPath(name, folder));
  try {
    return await benchModel(device, { run: readRun(name, folder), tensors, runs, note });
  } finally {
    await tensors.close();
  }
}

async function bench(options: BenchOptions, { streams, suites }: BenchContext): Promise<number> {
  const note = (line: string): void => streams.err(`${line}\n`);
  const print = (parts: readonly Section[]): void => {
    for (const part of parts) streams.out(sectionText(part));
  };
  const { kernelEffort, modelRuns, tiny } = options;
  const known = options.own.length > 0 ? await readOwnSuites(options.own) : suites;
  const cases = options.kernels === undefined ? undefined : selectCases(known, options.kernels);
  checkOutput(options.json);
  checkOutput(options.markdown);
  checkOutput(options.svg);
  const root = await checkout();
  const device = await openDevice(options.adapter, { log: note });
  try {
    const about = await environment(device.report, root);
    streams.out(`${environmentLines(about).join('\n')}\n`);
    if (about.load > about.cores / 2)
      note(`The load of this machine is ${about.load.toFixed(1)}: what is measured now is too slow.`);

    if (cases && options.roofline) note("the adapter's peaks");
    const roofline = cases && options.roofline ? await measureRoofline(device, kernelEffort) : null;
    if (roofline) print([rooflineSection(roofline)]);
    const kernels = cases ? await benchKernels(device, cases, kernelEffort, note) : null;
    if (kernels) print([kernelSection(kernels, roofline)]);
    const run = tiny ? TINY_RUN : FULL_RUN;
    const model = options.model ? await benchRecorded(device, run, runsFolder(root), modelRuns, note) : null;
    if (model) print([modelSection(model)]);
    print(faultSections({ kernels, model }));

    const report = {
      environment: about,
      options: { ...kernelEffort, modelRuns, tiny },
      roofline,
      kernels,
      model,
    };
    if (options.json !== undefined)
      await writeFileAtomic(options.json, `${JSON.stringify(report, null, 1)}\n`);
    if (options.markdown !== undefined) await writeFileAtomic(options.markdown, reportMarkdown(report));
    if (options.svg !== undefined && roofline && roofline.gflops > 0 && roofline.gbytes > 0)
      await writeFileAtomic(options.svg, rooflinePlot(about.adapter.name, roofline, kernels ?? []));
    return faults(report).length > 0 ? 1 : 0;
  } finally {
    device.destroy();
  }
}

/**
 * Runs one command line.
 * @param args without the program's own name
 * @returns the exit code: 0, 1 (a result is wrong), 2 (usage), 3 (input), 4 (device) or 70 (unexpected)
 */
export async function runBench(args: readonly string[], context: BenchContext): Promise<number> {
  try {
    return await bench(parseOptions(args, context.streams), context);
  } catch (error) {
    return reportError(error, context);
  }
}
