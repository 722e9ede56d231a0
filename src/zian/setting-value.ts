import type { Fail } from './config.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const LONGEST = 1_000;

function parseAtom(text: string): string | number | boolean {
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (NUMBER.test(text)) return Number(text);
  const quoted = /^(['"])(.*)\1$/.exec(text);
  return quoted?.[2] ?? text;
}

/**
 * The value of an override as it is typed: Python's or YAML's booleans, a number, a flat list in brackets or
 * parentheses, or a string (quotes are optional).
 */
export function parseSettingValue(text: string, fail: Fail): unknown {
  const trimmed = text.trim();
  if (trimmed === '') throw fail('has no value.');
  if (trimmed.length > LONGEST)
    throw fail(`has a value of ${trimmed.length} characters; at most ${LONGEST} are read.`);
  const open = trimmed[0];
  if (open !== '[' && open !== '(') return parseAtom(trimmed);
  if (!trimmed.endsWith(open === '[' ? ']' : ')')) throw fail(`is ${trimmed}, a list that is not closed.`);
  const inner = trimmed.slice(1, -1).trim().replace(/,$/, '');
  return inner === '' ? [] : inner.split(',').map((item) => parseAtom(item.trim()));
}
