import { type Command, Option } from 'commander';
import { EXIT_CODES } from '../../errors.js';
import { stem } from '../../landmarks/index.js';
import { writeFileAtomic } from '../../node/atomic-file.js';
import { findImages, tableNames } from '../../node/find-images.js';
import { readPredictions } from '../../node/tables.js';
import { journalPath } from '../batch/journal.js';
import { type Merged, mergeTables } from '../batch/merge.js';
import { TABLE_FORMATS, type TableFormat } from '../batch/result-table.js';
import { type CommandHost, type GlobalOptions, noter } from '../context.js';
import { refuseOverwriting } from '../output-paths.js';
import { printError } from '../report-error.js';

interface Options extends GlobalOptions {
  readonly output: string;
  readonly format?: TableFormat;
  readonly round?: boolean;
  readonly images?: string[];
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  $ zian merge part-1.csv part-2.csv part-3.csv -o fovea.csv
  $ zian merge part-*.csv -o all.jsonl --format jsonl
  $ zian merge monday.csv tuesday.csv -o week.csv --images photographs

Tables of \`zian localize --csv\` are joined by the journals beside them (FILE.journal.jsonl), which also know what is
missing: shards that have not run, images that have not been done, and those that could not be used. Shards are put in the
order of the whole list, so that the result is that of a run without --shard. Tables without journals are joined by rows.
The exit code is 3 where something is missing; what is there is written in any case.`;

/** `zian merge`. */
export function addMerge(program: Command, host: CommandHost): void {
  program
    .command('merge')
    .summary('join the tables of shards, and say what is missing')
    .description('Joins tables that `zian localize --csv` wrote, such as those of its shards.')
    .argument('<tables...>', 'tables, or their journals')
    .requiredOption('-o, --output <file>', 'table to write')
    .addOption(
      new Option('--format <format>', 'of the table: as its parts unless given').choices(TABLE_FORMATS),
    )
    .option('--round', 'whole pixels')
    .option('--images <paths...>', 'images, folders, patterns or lists: those without a row are missing')
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (tables: string[], _: unknown, command: Command) => {
      await run(host, tables, command.optsWithGlobals<Options>());
    });
}

/** Names of images that the merged table has no row for. */
async function withoutRow(
  output: string,
  inputs: readonly string[],
  known: ReadonlySet<string>,
): Promise<string[]> {
  const { images, problems } = await findImages(inputs);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  const found = await readPredictions(output);
  const { rows } = 'table' in found ? found.table : found.results.fine;
  const stems = new Set(rows.map(({ name }) => stem(name)));
  return tableNames(images).filter((name) => !stems.has(stem(name)) && !known.has(name));
}

const SHOWN = 20;

async function run(host: CommandHost, tables: readonly string[], options: Options): Promise<void> {
  const { output, format, round, images, json = false } = options;
  await refuseOverwriting(
    [output],
    tables.flatMap((table) => [table, journalPath(table)]),
  );
  const merged = await mergeTables(tables, {
    ...(format === undefined ? {} : { format }),
    ...(round === undefined ? {} : { round }),
  });
  await writeFileAtomic(output, merged.text);
  const known = new Set([...merged.missing, ...merged.failures.map(({ image }) => image)]);
  const missing = [
    ...merged.missing,
    ...(images === undefined ? [] : await withoutRow(output, images, known)),
  ];
  report(host, options, { ...merged, missing });
  if (json) {
    const { rows, missingShards, failures } = merged;
    host.streams.out(`${JSON.stringify({ table: output, rows, missing, missingShards, failures })}\n`);
  }
  if (missing.length + merged.missingShards.length + merged.failures.length > 0) host.exit(EXIT_CODES.input);
}

function report(host: CommandHost, options: Options, merged: Merged): void {
  const { rows, missing, missingShards, failures } = merged;
  for (const { shard, images } of missingShards)
    printError(host, `shard ${shard} is missing: ${images} image(s)`);
  for (const { image, error } of failures)
    printError(host, error.startsWith(image) ? error : `${image}: ${error}`);
  for (const name of missing.slice(0, SHOWN)) printError(host, `${name}: not done`);
  if (missing.length > SHOWN) printError(host, `and ${missing.length - SHOWN} more images are not done`);
  noter(host.streams, options)(`${rows} rows in ${options.output}.`);
}
