/** Characters that would move a terminal's cursor, change its colours or hide text. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text from a file made safe to print: control characters are written as escapes, long text is cut. */
export function printable(text: string, maxLength = 200): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(CONTROL, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** `printable` in double quotes. */
export const quote = (text: string, maxLength = 200): string => `"${printable(text, maxLength)}"`;
