import type { Call, Kernel, Operand } from '../kernels/contract.js';

/** What of an operand a kernel's speed may depend on. Where it begins, and how far its pixels lie apart, is left out. */
const operandText = (name: string, { shape, dtype, layout }: Operand): string =>
  `${name} ${dtype} ${shape.join('×')}${layout.block > 1 ? ` blocks of ${layout.block}` : ''}`;

/**
 * A call in words: equal for calls that the same variant suits best. It is readable, since tuning tables are looked at,
 * and stable between versions of the engine: attributes are sorted, those that are undefined left out.
 */
export function callSignature({ name }: Kernel, { inputs, outputs, attributes }: Call): string {
  const operands = [...Object.entries(inputs), ...Object.entries(outputs)].map(([operand, spec]) =>
    operandText(operand, spec),
  );
  const settings = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([attribute, value]) => `${attribute} ${JSON.stringify(value)}`);
  return [name, ...operands, ...settings].join('; ');
}
