import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareOutputs } from './compare.js';
import { type Contestant, interleave } from './interleave.js';
import type { BenchNetwork } from './networks.js';
import { type Host, openOurs, type Peer, type Setting } from './peers.js';
import { prepareNetwork } from './prepare.js';
import { type Failure, type Row, rowOf } from './report.js';
import type { FirstResult, NetworkFiles, Runner } from './runner.js';

/** What came of a bench so far. */
export interface Found {
  readonly rows: Row[];
  readonly failures: Failure[];
  readonly about: Map<string, string>;
}

export interface BenchOptions {
  readonly setting: Setting;
  readonly peers: readonly Peer[];
  /** For timing one pair, in milliseconds. */
  readonly budget: number;
  /** Version of zian-webgpu. */
  readonly version: string;
  readonly note: (line: string) => void;
}

interface Started {
  readonly runner: Runner;
  readonly first: FirstResult;
}

const MOST_ROUNDS = 15;
const OURS = 'zian-webgpu';

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();

/** Ours failed, not the peer: the next peer needs it opened again. */
class OursFailed extends Error {}

/** Ours as a contestant whose failures can be told from a peer's. */
const asOurs = ({ runner }: Started): Contestant => ({
  run: () =>
    runner.run().catch((cause: unknown) => {
      throw new OursFailed(`${OURS} failed beside it: ${messageOf(cause)}`, { cause });
    }),
});

async function started(open: () => Promise<Runner>): Promise<Started> {
  const runner = await open();
  try {
    return { runner, first: await runner.start() };
  } catch (error) {
    await runner.stop();
    throw error;
  }
}

/** Checks one peer's result on a network against ours, then times both in turn. */
async function comparePeer(
  network: BenchNetwork,
  peer: Peer,
  ours: Started,
  files: NetworkFiles,
  { setting, budget, note }: BenchOptions,
  found: Found,
): Promise<void> {
  note(`${network.name}: ${peer.name}, first result`);
  const theirs = await started(() => peer.open(setting, files));
  try {
    found.about.set(peer.name, theirs.first.about);
    const agreement = compareOutputs(ours.first.outputs, theirs.first.outputs);
    if (agreement.wrong !== undefined) throw new Error(`wrong, and not timed: ${agreement.wrong}`);
    const cold = { ours: [ours.first.milliseconds], peer: [theirs.first.milliseconds] };
    if (network.kind !== 'conv')
      found.rows.push(rowOf(`${network.name}: first result`, peer.name, cold, agreement));
    note(`${network.name}: ${peer.name}, timing`);
    const expected = ours.first.milliseconds + theirs.first.milliseconds;
    const limits = { budget, mostRounds: MOST_ROUNDS };
    const times = await interleave(asOurs(ours), theirs.runner, limits, expected);
    found.rows.push(rowOf(network.name, peer.name, times, agreement));
  } finally {
    await theirs.runner.stop();
  }
}

/** All peers of one host on one network. A peer that fails is noted, and the others are done. */
async function benchHost(
  network: BenchNetwork,
  host: Host,
  files: NetworkFiles,
  options: BenchOptions,
  found: Found,
): Promise<void> {
  const { setting, note } = options;
  const peers = options.peers.filter((peer) => peer.host === host && peer.kinds.includes(network.kind));
  if (peers.length === 0) return;
  const fail = (peer: string, error: unknown): void => {
    const why = messageOf(error);
    note(`${network.name}: ${peer} gives no figure: ${why}`);
    found.failures.push({ name: network.name, peer, why });
  };
  const openOne = async (): Promise<Started> => {
    note(`${network.name}: ${OURS} in ${host}, first result`);
    const ours = await started(() => openOurs(host, setting, files));
    found.about.set(`${OURS} in ${host}`, ours.first.about);
    return ours;
  };
  let ours: Started | undefined;
  for (const [i, peer] of peers.entries()) {
    try {
      ours ??= await openOne();
    } catch (error) {
      const why = `${OURS} does not run in ${host}: ${messageOf(error)}`;
      for (const rest of peers.slice(i)) fail(rest.name, why);
      return;
    }
    try {
      await comparePeer(network, peer, ours, files, options, found);
    } catch (error) {
      fail(peer.name, error);
      if (error instanceof OursFailed) {
        await ours.runner.stop();
        ours = undefined;
      }
    }
  }
  await ours?.runner.stop();
}

/** One network on all peers; its files are made before and removed after. */
export async function benchNetwork(
  network: BenchNetwork,
  options: BenchOptions,
  found: Found,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zian-peers-'));
  const removeNow = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeNow);
  try {
    options.note(`${network.name}: writing weights and ONNX file`);
    const files = await prepareNetwork(network, folder, options.version);
    await benchHost(network, 'node', files, options, found);
    await benchHost(network, 'chromium', files, options, found);
  } finally {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removeNow);
  }
}
