const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** 3.6 MB; powers of 1000, as file managers count. */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power] ?? ''}`;
}

/** 0.42 ms, 128 ms, 3.1 s. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(0)} s`;
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0)} ms`;
}

/** 94 %; never all or nothing, which no probability is. */
export const percent = (share: number): string =>
  share > 0.99 ? '> 99 %' : share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;

export const pixels = (value: number): string => value.toFixed(2);

export const count = (value: number): string => value.toLocaleString('en-US');

/** One of something, or several. */
export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;
