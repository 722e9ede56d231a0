import { mkdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Command } from 'commander';
import { type CliStreams, noter } from '../src/cli/context.js';
import type { OpenEngine, OpenedEngine } from '../src/cli/engine.js';
import { decode, writePicture } from '../src/cli/localize.js';
import { noticeLine } from '../src/cli/localize-format.js';
import { localizeOne } from '../src/cli/localize-group.js';
import { reportError } from '../src/cli/report-error.js';
import { usageError } from '../src/errors.js';
import { bundledModel, type Task } from '../src/node/bundled-models.js';
import { drawJob } from '../src/node/images/jobs.js';
import type { Point } from '../src/zian/coordinates.js';
import type { RgbaImage } from '../src/zian/image.js';
import { contactSheet } from './contact-sheet.js';
import { type Example, parseTruth } from './truth.js';

/** What the demonstration needs from outside, so that tests can stand in for it. */
export interface DemoContext {
  readonly streams: CliStreams;
  readonly openEngine: OpenEngine;
  readonly debug: boolean;
}

interface Options {
  readonly adapter: string;
  readonly output: string;
  readonly examples: string;
}

/** Examples of a task: the table of where their landmarks are. */
const TABLES: readonly (readonly [Task, string])[] = [
  ['fovea', 'truth.csv'],
  ['scleral-spur', 'asoct-truth.csv'],
];

/** One example, done. */
interface Shown {
  readonly found: readonly Point[];
  /** Width of what the network saw, in pixels. */
  readonly width: number;
  readonly overlay: RgbaImage;
  readonly milliseconds: number;
}

function parseOptions(args: readonly string[], { out, err }: CliStreams): Options {
  const program = new Command('demo')
    .usage('[options]')
    .description('Finds the landmarks of all bundled examples, and compares them with where they are.')
    .option('--adapter <which>', 'auto, hardware, software, or part of an adapter name', 'auto')
    .option('-o, --output <folder>', 'folder for the overlays and the contact sheet', 'demo-output')
    .option('--examples <folder>', 'folder of the examples and their tables', 'examples')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride();
  return program.parse(args, { from: 'user' }).opts<Options>();
}

async function show(task: Task, path: string, opened: OpenedEngine): Promise<Shown> {
  const decoded = await decode(path);
  const { found, json, overlay } = await localizeOne(task, decoded, opened, {}, true);
  if (overlay === undefined) throw new Error('the image was not drawn');
  return {
    found: found.map(({ landmark }) => landmark),
    width: Math.floor(decoded.image.width / found.length),
    overlay: drawJob(overlay),
    milliseconds: json.milliseconds.total,
  };
}

const pixels = (value: number): string => value.toFixed(1);
const point = ({ x, y }: Point): string => `(${pixels(x)}, ${pixels(y)})`;

function rowsOf({ file, landmarks }: Example, { found, width, milliseconds }: Shown): string {
  return landmarks
    .map((truth, i) => {
      const got = found[i] ?? { x: Number.NaN, y: Number.NaN };
      const error = Math.hypot(got.x - truth.x, got.y - truth.y);
      const cells = [
        (i === 0 ? file : '').padEnd(16),
        point(truth).padStart(18),
        point(got).padStart(18),
        `${pixels(error)} px`.padStart(11),
        `${((100 * error) / width).toFixed(2)} %`.padStart(9),
        (i === 0 ? `${(milliseconds / 1000).toFixed(2)} s` : '').padStart(9),
      ];
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

const HEADER = `${[
  'example'.padEnd(16),
  'where it is'.padStart(18),
  'where it is found'.padStart(18),
  'error'.padStart(11),
  'of width'.padStart(9),
  'time'.padStart(9),
].join('  ')}\n`;

async function run(options: Options, { streams, openEngine }: DemoContext): Promise<void> {
  await mkdir(options.output, { recursive: true }).catch((cause: unknown) => {
    throw usageError(`-o ${options.output}: the folder cannot be made.`, { cause });
  });
  const note = noter(streams, { quiet: false });
  const overlays: RgbaImage[] = [];
  streams.out(HEADER);
  for (const [task, table] of TABLES) {
    const examples = parseTruth(await readFile(join(options.examples, table), 'utf8'), table);
    const model = await bundledModel(task);
    const opened = await openEngine({
      model,
      adapter: options.adapter,
      dtype: 'f32',
      note,
      onProgress: () => undefined,
    });
    try {
      const { notice } = opened.engine.metadata;
      if (notice !== undefined) note(`${basename(model)}: ${noticeLine(notice)}`);
      for (const example of examples) {
        const path = join(options.examples, example.file);
        const shown = await show(task, path, opened);
        streams.out(rowsOf(example, shown));
        overlays.push(shown.overlay);
        const name = basename(example.file, extname(example.file));
        await writePicture(join(options.output, `${name}.overlay.png`), shown.overlay);
      }
    } finally {
      await opened.close();
    }
  }
  const sheet = join(options.output, 'contact-sheet.png');
  await writePicture(sheet, contactSheet(overlays));
  streams.out(`\nOverlays are in ${options.output}, all of them in ${sheet}. Not a medical device.\n`);
}

/**
 * Runs the demonstration.
 * @param args without the program's own name
 * @returns the exit code: 0, 2 (usage), 3 (input), 4 (device) or 70 (unexpected)
 */
export async function runDemo(args: readonly string[], context: DemoContext): Promise<number> {
  try {
    await run(parseOptions(args, context.streams), context);
    return 0;
  } catch (error) {
    return reportError(error, context);
  }
}
