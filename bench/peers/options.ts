import { Command, Option } from 'commander';
import type { CliStreams } from '../../src/cli/context.js';
import { usageError } from '../../src/errors.js';
import { KINDS, type Kind } from './networks.js';
import { INSTALL } from './peer-package.js';

/** What a command line asks for. */
export interface PeersOptions {
  /** As `openDevice` takes it. */
  readonly adapter: string;
  readonly kinds: readonly Kind[];
  /** Parts of the peers' names in lower case; empty for all. */
  readonly peers: readonly string[];
  readonly tiny: boolean;
  /** For the timing of one network on one peer, in milliseconds. */
  readonly budget: number;
  /** For one command of one engine, in milliseconds. */
  readonly timeout: number;
  readonly python: string | undefined;
  readonly json: string | undefined;
}

interface Parsed {
  readonly adapter: string;
  readonly only?: Kind;
  readonly peers?: string;
  readonly tiny?: true;
  readonly budget: string;
  readonly timeout: string;
  readonly python?: string;
  readonly json?: string;
}

const AFTER = `
Needs the peers' packages, once: ${INSTALL}
Every result is compared with ours before it is timed. See bench/peers/README.md.

Examples:
  $ npm run bench:peers -- --only backbone --json peers.json
  $ npm run bench:peers -- --adapter llvmpipe --peers "onnxruntime-node, pytorch"
  $ npm run bench:peers -- --tiny

Exit codes: 0 all peers were timed, 1 one is missing, fails or is wrong (the others are done),
2 wrong usage, 3 unusable input, 4 no usable GPU adapter.`;

function secondsOf(text: string, option: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0)
    throw usageError(`--${option} ${text}: expected a positive number of seconds.`);
  return seconds * 1000;
}

/**
 * @param args without the program's own name
 * @throws CommanderError (help, unknown options), ZianError (usage)
 */
export function parsePeersOptions(args: readonly string[], { out, err }: CliStreams): PeersOptions {
  const program = new Command('bench:peers')
    .usage('[options]')
    .description('Compares this engine with others on the same network and adapter.')
    .option('--adapter <which>', 'software (SwiftShader), hardware, or part of an adapter name', 'software')
    .addOption(new Option('--only <what>', 'these networks only').choices([...KINDS]))
    .option('--peers <names>', "parts of peers' names, with commas between them")
    .option('--tiny', 'narrow networks and small pictures instead: to try it out')
    .option('--budget <seconds>', 'timing of one network on one peer', '30')
    .option('--timeout <seconds>', 'longest wait for one run of an engine', '1800')
    .option(
      '--python <command>',
      'Python with PyTorch; by default the first of python3 and /usr/bin/python3 that has it',
    )
    .option('--json <file>', 'write all figures as JSON')
    .allowExcessArguments(false)
    .addHelpText('after', AFTER)
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride();
  const parsed = program.parse(args, { from: 'user' }).opts<Parsed>();
  const peers = (parsed.peers ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return {
    adapter: parsed.adapter,
    kinds: parsed.only ? [parsed.only] : KINDS,
    peers,
    tiny: parsed.tiny ?? false,
    budget: secondsOf(parsed.budget, 'budget'),
    timeout: secondsOf(parsed.timeout, 'timeout'),
    python: parsed.python,
    json: parsed.json,
  };
}
