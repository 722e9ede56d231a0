/**
 * Limits that no checkpoint comes near (the largest ZIAN checkpoint's pickle has 0.5 MB), so that a
 * hostile file cannot exhaust memory or time. Memory is bounded by a budget of estimated bytes that each
 * opcode draws from, not by counting objects: a million floats are fine, a million dicts are not. The
 * budget grows with the file, so that a small file never takes much.
 */
export const PICKLE_LIMITS = {
  /** Bytes of one pickle. */
  pickleBytes: 16 << 20,
  /** Estimated memory of everything that one pickle builds: this much, three times the file's bytes, and at most that. */
  budgetBytes: 32 << 20,
  budgetPerByte: 3,
  budgetMost: 256 << 20,
  /** Bytes of one integer in LONG notation: larger ones are of no use and slow to convert. */
  longBytes: 256,
  /** Characters of a module, class or function name, and of a number written as text. */
  textLine: 512,
  /** Dimensions of a tensor, as in PyTorch. */
  dimensions: 64,
} as const;

/** The budget of a pickle in a file of so many bytes. */
export const pickleBudget = (fileBytes: number): number =>
  Math.min(PICKLE_LIMITS.budgetMost, PICKLE_LIMITS.budgetBytes + PICKLE_LIMITS.budgetPerByte * fileBytes);

/**
 * Estimated bytes of memory per thing built; round numbers, measured to be the right order in V8. Lines and texts are
 * charged for the time as well that it takes to decode them.
 */
export const COST = {
  slot: 16,
  line: 64,
  text: 32,
  container: 96,
  bytes: 320,
  dict: 400,
  entry: 64,
  mark: 96,
  charFactor: 2,
} as const;
