import { printable } from '../weights/quote.js';
import type { InspectedTensor, InspectReport } from './inspect-report.js';
import { table } from './table.js';

/** Lines of metadata or left-out things shown; JSON has them all. */
const MAX_LINES = 40;

const BITS_IN_NAME = /(\d+)(?:_|$|x)/;

/** Bytes of one element by PyTorch's short name: the number in it counts bits. */
function itemSize(dtype: string): number {
  if (dtype === 'bool') return 1;
  return Math.max(1, Number(BITS_IN_NAME.exec(dtype)?.[1] ?? 8) / 8);
}

const elements = ({ shape }: InspectedTensor): number => shape.reduce((product, size) => product * size, 1);

function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** step;
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`;
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, MAX_LINES);
  if (lines.length > shown.length) shown.push(`… and ${lines.length - shown.length} more (--json lists all)`);
  return ['', `${title}:`, ...shown.map((line) => `  ${line}`)];
}

/**
 * The report as text for people: an aligned table of the tensors, the totals, then metadata and what was left
 * out. Names are made safe to print.
 */
export function formatInspect({ format, tensors, metadata, opaque }: InspectReport): string {
  const rows = tensors.map((tensor) => [
    tensor.name === '' ? '(the file itself)' : printable(tensor.name),
    tensor.dtype,
    `[${tensor.shape.join(', ')}]`,
    elements(tensor).toLocaleString('en-US'),
  ]);
  const lines = table([['name', 'dtype', 'shape', 'elements'], ...rows], new Set([3]));
  const floating = tensors.filter(({ dtype }) => /float/.test(dtype));
  const parameters = floating.reduce((sum, tensor) => sum + elements(tensor), 0);
  const bytes = tensors.reduce((sum, tensor) => sum + elements(tensor) * itemSize(tensor.dtype), 0);
  const totals = [
    `format: ${format}`,
    `${tensors.length} ${tensors.length === 1 ? 'tensor' : 'tensors'}, ${parameters.toLocaleString('en-US')} floating-point values, ${humanBytes(bytes)}`,
  ];
  const metadataLines = Object.entries(metadata).map(
    ([name, value]) => `${printable(name)}: ${printable(String(value))}`,
  );
  return [
    ...lines,
    '',
    ...totals,
    ...section('metadata', metadataLines),
    ...section(
      'left out',
      opaque.map((entry) => printable(entry)),
    ),
  ].join('\n');
}
