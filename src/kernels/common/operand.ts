/** The operand of that name; a kernel used without it is a bug in the graph, told by name. */
export function operand<T>(operands: Readonly<Record<string, T>>, name: string, kernel: string): T {
  const found = operands[name];
  if (found === undefined) throw new Error(`${kernel}: operand '${name}' is missing`);
  return found;
}

/** A shape as error messages write it. */
export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
