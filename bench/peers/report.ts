import { digits, type Table } from '../format.js';
import { summarize } from '../statistics.js';
import type { Agreement } from './compare.js';
import type { Times } from './interleave.js';

/** One figure: ours beside a peer's. */
export interface Row {
  /** The network; with `: first result`, from a cold start. */
  readonly name: string;
  readonly peer: string;
  /** Medians, in milliseconds. */
  readonly oursMs: number;
  readonly peerMs: number;
  /** peerMs / oursMs. */
  readonly ratio: number;
  /** Of the peer's result against ours. */
  readonly maxAbsError: number;
  /** The output's largest absolute value. */
  readonly scale: number;
  /** Times measured, in milliseconds. */
  readonly samples: Times;
}

/** A peer that gave no figure for a network. */
export interface Failure {
  readonly name: string;
  readonly peer: string;
  readonly why: string;
}

/** What `--json` writes. */
export interface PeersReport {
  readonly adapter: string;
  readonly date: string;
  /** What each engine says of itself: version, adapter or threads. */
  readonly about: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly failures: readonly Failure[];
}

/** A row of measured times; peers' and ours' medians and their ratio. */
export function rowOf(
  name: string,
  peer: string,
  samples: Times,
  { maxAbsError, scale }: Pick<Agreement, 'maxAbsError' | 'scale'>,
): Row {
  const oursMs = summarize(samples.ours).median;
  const peerMs = summarize(samples.peer).median;
  return { name, peer, oursMs, peerMs, ratio: peerMs / oursMs, maxAbsError, scale, samples };
}

/** All rows side by side. */
export const rowsTable = (rows: readonly Row[]): Table => ({
  head: ['network', 'peer', 'ours ms', 'peer ms', 'peer / ours', 'largest error', 'of', 'runs'],
  rows: rows.map(({ name, peer, oursMs, peerMs, ratio, maxAbsError, scale, samples }) => [
    name,
    peer,
    digits(oursMs),
    digits(peerMs),
    digits(ratio),
    maxAbsError.toExponential(1),
    digits(scale),
    String(samples.peer.length),
  ]),
  numbers: new Set([2, 3, 4, 5, 6, 7]),
});
