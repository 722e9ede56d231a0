/** What a JSON text may hold before it is parsed. */
export interface JsonLimits {
  /** Objects and arrays within each other. */
  readonly depth: number;
  /** Objects and arrays in all. */
  readonly containers: number;
  /** Members and elements in all, roughly: the commas. */
  readonly commas: number;
}

/**
 * The limit that a JSON text exceeds, or undefined. `JSON.parse` has none, and a text of brackets becomes twenty times
 * its size in memory. The text need not be valid.
 */
export function exceededLimit(text: string, limits: JsonLimits): keyof JsonLimits | undefined {
  let depth = 0;
  let containers = 0;
  let commas = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        // To the end of the string.
        for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > limits.depth) return 'depth';
        if (++containers > limits.containers) return 'containers';
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
      case 0x2c:
        if (++commas > limits.commas) return 'commas';
    }
  }
  return undefined;
}
