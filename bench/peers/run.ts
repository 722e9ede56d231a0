import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { reportError } from '../../src/cli/report-error.js';
import { usageError } from '../../src/errors.js';
import { writeFileAtomic } from '../../src/node/atomic-file.js';
import { ownVersion } from '../../src/node/versions.js';
import { readRun } from '../../test/support/runs.js';
import { textTable } from '../format.js';
import { benchNetwork, type Found } from './bench.js';
import { releasedNetworks, tinyNetworks } from './networks.js';
import { type PeersOptions, parsePeersOptions } from './options.js';
import { checkoutRoot } from './peer-package.js';
import { PEERS, type Peer, PYTORCH_CUDA, type Setting } from './peers.js';
import { type PeersReport, rowsTable } from './report.js';
import { adapterOf, environmentFor, findPython } from './surroundings.js';

/** Recorded runs: the released network, and one with few channels. */
const FULL_RUN = 'full-refuge';
const TINY_RUN = 'wide-region';

/**
 * The peers that are meant.
 * @throws ZianError (usage) when a part of a name is nobody's
 */
export function selectPeers(all: readonly Peer[], parts: readonly string[]): Peer[] {
  for (const part of parts)
    if (!all.some(({ name }) => name.includes(part)))
      throw usageError(
        `--peers ${part}: no peer has that in its name; there are ${all.map(({ name }) => name).join(', ')}.`,
      );
  return all.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
}

async function peersHere(options: PeersOptions): Promise<Peer[]> {
  const hasCuda = await findPython(options.python).then(
    ({ cuda }) => cuda,
    () => false,
  );
  return selectPeers(hasCuda ? [...PEERS, PYTORCH_CUDA] : PEERS, options.peers);
}

async function bench(options: PeersOptions, { streams }: Pick<CliContext, 'streams'>): Promise<number> {
  const note = (line: string): void => streams.err(`${line}\n`);
  const { json } = options;
  if (json !== undefined && !existsSync(dirname(json)))
    throw usageError(`${json} cannot be written: its folder does not exist; make it first.`);
  const root = await checkoutRoot();
  const peers = await peersHere(options);
  const adapter = await adapterOf(options.adapter, note);
  const setting: Setting = {
    root,
    adapter: options.adapter,
    adapterName: adapter.name,
    env: await environmentFor(adapter),
    timeout: options.timeout,
    python: () => findPython(options.python),
  };
  const run = readRun(options.tiny ? TINY_RUN : FULL_RUN, join(root, 'test', 'fixtures', 'runs'));
  const networks = (options.tiny ? tinyNetworks(run) : releasedNetworks(run)).filter(({ kind }) =>
    options.kinds.includes(kind),
  );
  const found: Found = { rows: [], failures: [], about: new Map() };
  const version = await ownVersion();
  streams.out(`${adapter.name}, zian-webgpu ${version}\n`);
  for (const network of networks)
    await benchNetwork(network, { setting, peers, budget: options.budget, version, note }, found);

  const report: PeersReport = {
    adapter: adapter.name,
    date: new Date().toISOString(),
    about: Object.fromEntries(found.about),
    rows: found.rows,
    failures: found.failures,
  };
  streams.out(`\n${textTable(rowsTable(report.rows))}`);
  for (const [name, about] of found.about) streams.out(`${name}: ${about}\n`);
  for (const { name, peer, why } of report.failures) note(`NO FIGURE ${name}, ${peer}: ${why}`);
  if (json !== undefined) await writeFileAtomic(json, `${JSON.stringify(report, null, 1)}\n`);
  return report.failures.length > 0 ? 1 : 0;
}

/**
 * Runs one command line.
 * @param args without the program's own name
 * @returns the exit code: 0, 1 (a peer gave no figure), 2 (usage), 3 (input), 4 (device) or 70 (unexpected)
 */
export async function runPeersBench(
  args: readonly string[],
  context: Pick<CliContext, 'streams' | 'debug'>,
): Promise<number> {
  try {
    return await bench(parsePeersOptions(args, context.streams), context);
  } catch (error) {
    return reportError(error, context);
  }
}
