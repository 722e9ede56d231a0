import type { Draw } from './draw.js';

/** A file format under test. */
export interface Format {
  readonly name: string;
  /** A mutant: bytes that were a valid file before something was changed in its structure. */
  mutate(draw: Draw): Uint8Array;
  /**
   * Reads a mutant as the product does.
   * @returns bytes of the result that are memory of their own (pixels), which the memory limit leaves out
   * @throws ZianError where the mutant is refused; anything else, also where a result is found wrong, is a failure
   */
  read(bytes: Uint8Array): Promise<number>;
}

/** Fails a run: the file was accepted, and what came out is wrong. */
export function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`wrong result: ${what}`);
}
