/** The self-test's inputs, and its answers computed on the CPU. */

/** One word of an output: a u32 to be met exactly, or, with a relative tolerance, the bits of an f32. */
export interface Check {
  readonly what: string;
  readonly output: number;
  readonly at: number;
  readonly want: number;
  readonly tolerance?: number;
}

export interface SelfTestTask {
  /** In the order of their bindings; the outputs follow. */
  readonly inputs: readonly (
    | Uint32Array<ArrayBuffer>
    | Float32Array<ArrayBuffer>
    | Uint16Array<ArrayBuffer>
  )[];
  /** Words per output. */
  readonly outputs: readonly number[];
  readonly dispatches: readonly { readonly entryPoint: string; readonly workgroups: number }[];
  readonly checks: readonly Check[];
}

const SIZE = 64;
const THREADS = 2 * SIZE;
const FIELDS = 8;
/** Sums of small multiples of 1/16 are exact in any order; the tolerance only says that the word is a float. */
const EXACT = 0;
/** Far above what WGSL allows for exp, division and inverseSqrt here (about 1e-6), far below a wrong result. */
const ROUNDED = 1e-5;
const NAN_PATTERNS = [
  0x7fc00000, 0x7f800000, 0x3f800000, 0xffc00001, 0xff800000, 0x80000000, 0x7f800001, 0x42280000,
];
const NAN_FLAGS = [1, 0, 0, 1, 0, 0, 1, 0];

/** A full-period linear congruential generator (Numerical Recipes' constants). */
function* randomWords(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

/**
 * Odd multiples of 1/4 in (-8, 8): no zero, whose sign WGSL leaves open, and products are exact even in f16.
 */
function oddQuarters(count: number, seed: number): number[] {
  const random = randomWords(seed);
  return Array.from({ length: count }, () => (random.next().value >>> 27) / 2 - 7.75);
}

function scramble(word: number): number {
  let x = word;
  for (let round = 0; round < 3; round++) {
    x = (Math.imul(x ^ (x >>> 15), 2246822519) + 374761393) >>> 0;
    x = ((x << 13) | (x >>> 19)) >>> 0;
  }
  return x;
}

function collatz(start: number): number {
  let steps = 0;
  for (let n = start; n > 1; steps++) n = n % 2 === 1 ? 3 * n + 1 : n / 2;
  return steps;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const product = (a: readonly number[], b: readonly number[]): number =>
  sum(a.map((value, i) => value * (b[i] ?? 0)));

export function f32Task(): SelfTestTask {
  const random = randomWords(1);
  const words = Array.from({ length: THREADS }, () => random.next().value);
  const numbers = oddQuarters(THREADS * 4, 2);
  const vector = (thread: number): number[] => numbers.slice(thread * 4, thread * 4 + 4);
  const hashes: number[] = [];
  const prefixes: number[] = [];
  const checks: Check[] = [];
  words.forEach((word, thread) => {
    const [x = 0, y = 0, z = 0, w = 0] = vector(thread);
    const first = thread - (thread % SIZE);
    const group = Array.from({ length: SIZE }, (_, i) => first + i);
    hashes[thread] = scramble(word);
    prefixes[thread] = sum(words.slice(first, thread + 1).map((value) => value & 0xff));
    const fields: Omit<Check, 'output' | 'at'>[] = [
      { what: 'integer arithmetic', want: hashes[thread] },
      { what: 'prefix sum in workgroup memory', want: prefixes[thread] },
      {
        what: 'dot product',
        want: sum(group.map((other) => product(vector(other), vector(other ^ 1)))),
        tolerance: EXACT,
      },
      { what: 'float arithmetic', want: x * y - z + (word >> 24), tolerance: EXACT },
      { what: 'division', want: x / (Math.abs(y) + 1), tolerance: ROUNDED },
      {
        what: 'exp or inverseSqrt',
        want: Math.exp(z / 8) + 1 / Math.sqrt(Math.abs(w) + 1),
        tolerance: ROUNDED,
      },
      { what: 'loop', want: collatz(word & 0xff) },
      { what: 'test for NaN', want: NAN_FLAGS[thread % 8] ?? 0 },
    ];
    fields.forEach((field, i) => {
      checks.push({ ...field, output: 0, at: thread * FIELDS + i });
    });
  });
  for (let thread = 0; thread < THREADS; thread++) {
    const other = THREADS - 1 - thread;
    const want = ((hashes[other] ?? 0) ^ (prefixes[other] ?? 0) ^ thread) >>> 0;
    checks.push({ what: 'second dispatch', output: 1, at: thread, want });
  }
  return {
    inputs: [Uint32Array.from([...words, ...NAN_PATTERNS]), Float32Array.from(numbers)],
    outputs: [THREADS * FIELDS, THREADS],
    dispatches: [
      { entryPoint: 'answer', workgroups: 2 },
      { entryPoint: 'cross_check', workgroups: 2 },
    ],
    checks,
  };
}

/** The bits of an f16, for a value that f16 holds exactly and that is normal. */
function f16Bits(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  return ((bits >>> 16) & 0x8000) | ((((bits >>> 23) & 0xff) - 112) << 10) | ((bits >>> 13) & 0x3ff);
}

export function f16Task(): SelfTestTask {
  const a = oddQuarters(SIZE * 4, 3);
  const b = oddQuarters(SIZE * 4, 4);
  const vector = (values: number[], i: number): number[] => values.slice(i * 4, i * 4 + 4);
  const checks: Check[] = [];
  for (let thread = 0; thread < SIZE; thread++) {
    const own = vector(a, thread);
    const dots = Array.from({ length: 16 }, (_, i) => product(own, vector(b, (thread + i) % SIZE)));
    checks.push({ what: 'f16 dot product', output: 0, at: thread, want: sum(dots), tolerance: EXACT });
    const [x = 0, y = 0, z = 0, w = 0] = own.map((value, lane) =>
      f16Bits(value * (b[thread * 4 + lane] ?? 0)),
    );
    checks.push(
      { what: 'f16 storage', output: 1, at: thread * 2, want: (x | (y << 16)) >>> 0 },
      { what: 'f16 storage', output: 1, at: thread * 2 + 1, want: (z | (w << 16)) >>> 0 },
    );
  }
  return {
    inputs: [Uint16Array.from(a, f16Bits), Uint16Array.from(b, f16Bits)],
    outputs: [SIZE, SIZE * 2],
    dispatches: [{ entryPoint: 'answer', workgroups: 1 }],
    checks,
  };
}
