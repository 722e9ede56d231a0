import { InvalidArgumentError } from 'commander';

/** A parser for an option that is a whole number of at least `least`, and at most `most` where that is given. */
export const wholeNumber =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    if (!/^\d+$/.test(text) || Number(text) < least || Number(text) > most)
      throw new InvalidArgumentError(
        most === Number.MAX_SAFE_INTEGER
          ? `It must be a whole number of at least ${least}.`
          : `It must be a whole number from ${least} to ${most}.`,
      );
    return Number(text);
  };

/** Positive numbers, separated by commas, in ascending order. */
export function positiveNumbers(text: string): number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (!numbers.every((number) => Number.isFinite(number) && number > 0))
    throw new InvalidArgumentError('It must be numbers above 0, separated by commas.');
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** A probability between 0 and 1, both excluded. */
export function probability(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!(number > 0 && number < 1))
    throw new InvalidArgumentError('It must be between 0 and 1, such as 0.95.');
  return number;
}
