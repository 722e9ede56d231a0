/** Characters that would move a terminal's cursor, change its colours, or hide or reorder text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text from a file or a path made safe to print: such characters are written as escapes, long text is cut. */
export function printable(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(UNPRINTABLE, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** `printable` in whole and line by line: for text whose line breaks are its own. */
export const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line, Number.POSITIVE_INFINITY))
    .join('\n');

/** As JSON escapes them, so that JSON with escapes reads back the same. */
const escaped = (c: string): string =>
  Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** JSON that a terminal shows and does not obey: what `JSON.stringify` leaves as it is, C1 controls and the like, is escaped too. */
export const jsonText = (value: unknown): string => JSON.stringify(value).replace(UNPRINTABLE, escaped);

/** Output of a command made safe for a terminal: all but line breaks and tabs is escaped. */
export const terminalText = (text: string): string =>
  text.replace(UNPRINTABLE, (c) => (c === '\n' || c === '\t' ? c : escaped(c)));

/** Whether a text could be the name of something in a file: nothing unprintable, and no part that is `__proto__`. */
export const isPlainName = (name: string): boolean =>
  name.search(UNPRINTABLE) < 0 && !/(?:^|\.)__proto__(?:\.|$)/.test(name);
