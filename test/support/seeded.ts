/**
 * Weights that are a function of (seed, tensor name, flat index): the twin of test/reference/seeded.py, equal
 * bit by bit. Element i is murmur3's finaliser of base + (i + 1) · 0x9e3779b9, its upper 24 bits u in [-1, 1),
 * and offset + scale · u is rounded once to float32.
 */

const GOLDEN = 0x9e3779b9;

function nameHash(name: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) h = Math.imul(h ^ byte, 0x01000193);
  return h;
}

function mix(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function gainOf(name: string): number {
  if (/attention\..*\.(query|key)\./.test(name)) return 2;
  if (name.includes('attention.')) return 1;
  if (name.includes('final_layer')) return 0.4;
  return /^(heatmap_ds|heatmap_roi\.3)\./.test(name) ? 2 : Math.SQRT2;
}

function offsetAndScale(name: string, shape: readonly number[]): readonly [offset: number, scale: number] {
  if (name.endsWith('running_mean')) return [0, 0.1];
  if (name.endsWith('running_var')) return [1, 0.5];
  if (name.endsWith('attractors')) return [0, 1];
  if (shape.length === 1 && name.endsWith('weight')) {
    const small = /layer1\.\d+\.bn3\.|branches\.\d+\.\d+\.bn2\.|fuse_layers\./.test(name);
    return small ? [0.15, 0.2 * 0.15] : [1, 0.2];
  }
  if (shape.length === 1 && name.endsWith('bias')) {
    return /^(heatmap_ds|heatmap_roi\.3)\./.test(name) ? [0.5, 0] : [0, 0.1];
  }
  return [0, gainOf(name) * Math.sqrt(3 / product(shape.slice(1)))];
}

/**
 * The seeded values of one tensor, in C order. `num_batches_tracked` is zero.
 * @param name as in a state dict, without `module.`
 */
export function seededTensor(name: string, shape: readonly number[], seed: number): Float32Array {
  const out = new Float32Array(product(shape));
  if (name.endsWith('num_batches_tracked')) return out;
  const [offset, scale] = offsetAndScale(name, shape);
  let counter = mix(nameHash(name) ^ Math.imul(seed, GOLDEN));
  for (let i = 0; i < out.length; i++) {
    counter = (counter + GOLDEN) | 0;
    out[i] = offset + scale * ((mix(counter) >>> 8) / 8388608 - 1);
  }
  return out;
}

/** A change to one seeded tensor: value · scale + offset, each step rounded to float32. */
export interface Adjustment {
  readonly name: string;
  readonly scale: number;
  readonly offset: number;
}

/** Every tensor of `shapes` with seeded values, some of them adjusted. */
export function seededWeights(
  shapes: ReadonlyMap<string, readonly number[]>,
  seed: number,
  adjustments: readonly Adjustment[] = [],
): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of shapes) weights.set(name, seededTensor(name, shape, seed));
  for (const { name, scale, offset } of adjustments) {
    const values = weights.get(name);
    if (values === undefined) throw new Error(`no tensor ${name} to adjust`);
    for (const [i, value] of values.entries())
      values[i] = Math.fround(Math.fround(value * Math.fround(scale)) + Math.fround(offset));
  }
  return weights;
}
