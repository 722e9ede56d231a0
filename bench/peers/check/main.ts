import { join } from 'node:path';
import { processStreams } from '../../../src/cli/process-streams.js';
import { reportError } from '../../../src/cli/report-error.js';
import { inputError } from '../../../src/errors.js';
import { suites } from '../../../src/kernels/suites.js';
import { listRuns, readRun } from '../../../test/support/runs.js';
import { isOrt, type Ort } from '../ort.js';
import { checkoutRoot, INSTALL, loadPeer } from '../peer-package.js';
import { checkKernel } from './kernels.js';
import { checkRun } from './runs.js';

/** Not part of an exported network: it begins after the preprocessing, and checks nothing. */
const NOT_EXPORTED = new Set(['preprocess', 'count_not_finite']);
const context = { streams: processStreams(), debug: process.env.ZIAN_DEBUG === '1' };

async function openOrt(root: string): Promise<Ort> {
  const loaded = await loadPeer(root, 'onnxruntime-node');
  if (!isOrt(loaded))
    throw inputError(`onnxruntime-node is not what it should be; install it again: ${INSTALL}`);
  return loaded;
}

/** Checks the ONNX exporter with ONNX Runtime's CPU provider: every kernel's cases, then every recorded run. */
async function check(): Promise<number> {
  const root = await checkoutRoot();
  const ort = await openOrt(root);
  const { out, err } = context.streams;
  const wrong: string[] = [];
  for (const suite of suites.filter(({ kernel }) => !NOT_EXPORTED.has(kernel.name))) {
    const result = await checkKernel(ort, suite);
    out(`${result.kernel}: ${result.agreed} cases agree with the float64 reference\n`);
    for (const [why, count] of result.notCompared) out(`  ${count} not compared: ${why}\n`);
    wrong.push(...result.wrong);
  }
  const folder = join(root, 'test', 'fixtures', 'runs');
  for (const name of listRuns(folder)) {
    const result = await checkRun(ort, readRun(name, folder), folder);
    const errors = [...result.errors].map(([map, error]) => `${map} ${error.toExponential(1)}`);
    out(`${name}: of the largest value, ${errors.join(', ')}\n`);
    wrong.push(...result.wrong);
  }
  for (const line of wrong) err(`WRONG ${line}\n`);
  return wrong.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await check();
} catch (error) {
  process.exitCode = reportError(error, context);
}
