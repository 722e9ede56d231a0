import { type Command, Option } from 'commander';
import { usageError } from '../../errors.js';
import {
  type Agreement,
  agree,
  CHALLENGE_FORMATS,
  type ChallengeFormat,
  challengeHeader,
  challengeRow,
  ENSEMBLE_METHODS,
  type EnsembleMethod,
  type JoinedRow,
  joinTables,
  type LandmarkTable,
  sidesOf,
} from '../../landmarks/index.js';
import { writeFileAtomic } from '../../node/atomic-file.js';
import { readPredictions } from '../../node/tables.js';
import { type CommandHost, type GlobalOptions, noter } from '../context.js';
import { refuseOverwriting } from '../output-paths.js';

interface Options extends GlobalOptions {
  readonly method: EnsembleMethod;
  readonly format?: ChallengeFormat;
  readonly round?: boolean;
  readonly output?: string;
  readonly json?: boolean;
  readonly layout?: string;
}

const EXAMPLES = `
Examples:
  $ zian ensemble fold-1.csv fold-2.csv fold-3.csv -o ensemble.csv
  $ zian ensemble fold-*.jsonl --method median --format gamma -o ensemble.csv
  $ zian ensemble fold-*.csv --json | jq 'select(.agreement[0].members < 3)'

clustering: the rule of the published code. Landmarks that are at most 8 px apart make a cluster; the distance grows by 5 px
until one has more than half of the models. Its mean, rounded to whole pixels, is the result. gamma-clustering, as for
GAMMA: from 5 px by 2 px, until it has half of them. median: of x and of y, not rounded.
Of results as JSON the fine landmarks are taken. Tables count pixels from 1.`;

/** `zian ensemble`. */
export function addEnsemble(program: Command, host: CommandHost): void {
  program
    .command('ensemble')
    .summary('make one prediction of several models’')
    .description('Joins the landmarks that several models found in the same images.')
    .argument('<files...>', 'files of predictions (.csv, .xlsx, .json, .jsonl), one per model')
    .addOption(
      new Option('--method <rule>', 'how landmarks are joined')
        .choices(ENSEMBLE_METHODS)
        .default('clustering'),
    )
    .option('-o, --output <file>', 'table to write (.csv); on stdout without it')
    .addOption(
      new Option('--format <challenge>', 'layout of the table: refuge unless given, age for scans').choices(
        CHALLENGE_FORMATS,
      ),
    )
    .option('--round', 'whole pixels')
    .option('--json', 'print one object per image and line, with how many models agree')
    .option('--layout <layout>', 'columns of the files, as --predictions-layout of `zian evaluate`')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], _: unknown, command: Command) => {
      await run(host, files, command.optsWithGlobals<Options>());
    });
}

/** An image's landmarks; a side without any point is undetermined. */
interface Joined {
  readonly row: JoinedRow;
  readonly agreement: readonly (Agreement | undefined)[];
}

async function readTable(path: string, layout: string | undefined): Promise<LandmarkTable> {
  const found = await readPredictions(path, layout === undefined ? {} : { layout });
  return 'table' in found ? found.table : found.results.fine;
}

async function run(host: CommandHost, files: readonly string[], options: Options): Promise<void> {
  const { method, output, round = false, json = false } = options;
  if (files.length < 2) throw usageError('An ensemble needs two files of predictions at least.');
  if (output !== undefined) await refuseOverwriting([output], files);
  const tables: LandmarkTable[] = [];
  for (const file of files) tables.push(await readTable(file, options.layout));
  const sides = tables[0]?.sides ?? 1;
  const format = options.format ?? (sides === 2 ? 'age' : 'refuge');
  if (sidesOf(format) !== sides)
    throw usageError(
      `--format ${format} has ${sidesOf(format)} landmark(s) per image, but ${files[0]} has ${sides}.`,
    );
  const rows = joinTables(tables);
  const joined = rows.map(
    (row): Joined => ({
      row,
      agreement: row.points.map((points) => (points.length === 0 ? undefined : agree(points, method))),
    }),
  );
  const incomplete = rows.filter(({ tables: count }) => count < files.length);
  if (incomplete.length > 0)
    noter(
      host.streams,
      options,
    )(
      `note: ${incomplete.length} image(s) are not in all ${files.length} files, and are made of fewer landmarks; the first is ${incomplete[0]?.name}`,
    );
  const table =
    challengeHeader(format) +
    joined
      .map(({ row, agreement }) =>
        challengeRow(
          format,
          row.name,
          agreement.map((one) => one?.point),
          round,
        ),
      )
      .join('');
  if (output !== undefined) await writeFileAtomic(output, table);
  if (json) for (const one of joined) host.streams.out(`${JSON.stringify(agreementJson(one))}\n`);
  else if (output === undefined) host.streams.out(table);
}

/** In 1-based pixels, as the table. */
const agreementJson = ({ row, agreement }: Joined) => ({
  image: row.name,
  models: row.tables,
  agreement: agreement.map((one) =>
    one === undefined ? null : { x: one.point.x, y: one.point.y, members: one.members, radius: one.radius },
  ),
});
