import { markdownTable, textTable } from './format.js';
import type { BenchReport } from './report.js';
import { environmentLines, type Section, sections } from './sections.js';

/** For a terminal. */
export const sectionText = ({ title, lines, tables }: Section): string =>
  [`\n${title}\n`, ...lines.map((line) => `  ${line}\n`), ...tables.map((one) => `\n${textTable(one)}`)].join(
    '',
  );

const sectionMarkdown = ({ title, lines, tables }: Section): string =>
  [
    `\n## ${title}\n\n`,
    ...lines.map((line) => `- ${line}\n`),
    ...tables.map((one) => `\n${markdownTable(one)}`),
  ].join('');

/** What `--markdown` writes. */
export function reportMarkdown(report: BenchReport): string {
  const [adapter = '', ...rest] = environmentLines(report.environment);
  return [`# ${adapter}\n\n${rest.join('\n')}\n`, ...sections(report).map(sectionMarkdown)].join('');
}
