import { activationFuzzTolerance } from '../../../kernels/activation/activation.cases.js';
import type { DType, RefTensor } from '../../../kernels/contract.js';
import { conv2dElements } from '../../../kernels/conv2d/conv2d.ref.js';
import { suites } from '../../../kernels/suites.js';
import type { TracedLayer } from '../../../zian/layer-trace.js';
import { sampleIndices } from './sample-indices.js';
import { type ConvolutionLayer, isConvolution, sampledAttention } from './sampled.js';

/** An element of a layer's output beside what it should be. */
export interface LayerSample {
  /** Flat, in C order. */
  readonly index: number;
  readonly got: number;
  readonly want: number;
  /** How far `got` may be from `want`. */
  readonly tolerance: number;
}

/** One output of a layer against the float64 reference. */
export interface LayerOutput {
  readonly output: string;
  readonly shape: readonly number[];
  readonly compared: number;
  /** Elements beyond their tolerance. */
  readonly wrong: number;
  /** The one that is furthest beyond its tolerance, or nearest to it. */
  readonly worst: LayerSample;
}

/** Half a unit in the last place: of sums, and of what is stored. */
const ROUNDING: Readonly<Record<DType, number>> = { f32: 2 ** -24, f16: 2 ** -11, u32: 0, i32: 0 };
/** As when variants are measured against each other: allowed difference, in parts of the output's largest value. */
const OF_SCALE: Readonly<Record<DType, number>> = { f32: 2e-5, f16: 2e-3, u32: 0, i32: 0 };
/** Below it half precision's steps no longer shrink. */
const SMALLEST_HALF_STEP = 2 ** -24;

const references = new Map(suites.map((suite) => [suite.kernel.name, suite]));

/**
 * Compares a layer's outputs with the float64 reference on the inputs that the layer had: `samples` elements of a
 * convolution, some tokens of an attention, all elements of the rest.
 */
export async function checkLayer(layer: TracedLayer, samples: number): Promise<LayerOutput[]> {
  const inputs: Record<string, RefTensor> = {};
  for (const name of Object.keys(layer.node.inputs)) inputs[name] = await layer.read(name);
  const outputs: Record<string, RefTensor> = {};
  for (const name of Object.keys(layer.node.outputs)) outputs[name] = await layer.read(name);
  return Object.entries(outputs).map(([name, got]) => {
    const compared = isConvolution(layer)
      ? convolution(layer, inputs, got, samples)
      : whole(layer, inputs, name, got, samples);
    return summarize(name, got.shape, compared);
  });
}

function summarize(output: string, shape: readonly number[], compared: readonly LayerSample[]): LayerOutput {
  let worst = compared[0] ?? { index: 0, got: 0, want: 0, tolerance: 0 };
  let wrong = 0;
  for (const sample of compared) {
    if (excess(sample) > excess(worst)) worst = sample;
    if (excess(sample) > 1) wrong++;
  }
  return { output, shape, compared: compared.length, wrong, worst };
}

/** In units of the tolerance; a NaN or an infinity that should not be there, or is not, is infinitely far off. */
function excess({ got, want, tolerance }: LayerSample): number {
  if (Object.is(got, want) || got === want) return 0;
  const distance = Math.abs(got - want);
  if (!Number.isFinite(distance)) return Number.POSITIVE_INFINITY;
  return tolerance === 0 ? Number.POSITIVE_INFINITY : distance / tolerance;
}

/**
 * A sum of K products is off by about √K roundings of the sum of their magnitudes; twice that, eight more for what
 * comes before and after, and what the variant states of itself (`errorFactor`).
 */
function convolution(
  { node, call, variant }: ConvolutionLayer,
  inputs: Readonly<Record<string, RefTensor>>,
  { shape, data }: RefTensor,
  samples: number,
): LayerSample[] {
  const elements = conv2dElements(inputs, call.attributes);
  const absolute = Object.entries(inputs).map(([name, tensor]) => [
    name,
    { ...tensor, data: tensor.data.map(Math.abs) },
  ]);
  const magnitudes = conv2dElements(Object.fromEntries(absolute), { ...call.attributes, activation: 'none' });
  const stored = call.outputs.y?.dtype ?? 'f32';
  const half = [...Object.values(node.inputs), ...Object.values(node.outputs)].some(
    ({ spec }) => spec.dtype === 'f16',
  );
  // In half precision a Winograd variant stores what it has transformed.
  const unit =
    half && (variant.errorFactor !== undefined || variant.name.includes('winograd')) ? 'f16' : 'f32';
  const growth = (8 + 2 * Math.sqrt(elements.products)) * (variant.errorFactor ?? 1) * ROUNDING[unit];
  const { activation = 'none' } = call.attributes;
  const curved = activation === 'sigmoid' || activation === 'gelu';
  const { relative: curve, absolute: flat } = curved ? activationFuzzTolerance : { relative: 0, absolute: 0 };
  return sampleIndices(shape, samples).map((index) => {
    const want = elements.at(index);
    const step = stored === 'f16' ? SMALLEST_HALF_STEP : 0;
    const tolerance =
      growth * magnitudes.at(index) + (2 * ROUNDING[stored] + curve) * Math.abs(want) + step + flat;
    return { index, got: data[index] ?? Number.NaN, want, tolerance };
  });
}

function whole(
  { node, call }: TracedLayer,
  inputs: Readonly<Record<string, RefTensor>>,
  output: string,
  { shape, data }: RefTensor,
  samples: number,
): LayerSample[] {
  const suite = references.get(node.kernel.name);
  if (!suite) throw new Error(`there is no reference of ${node.kernel.name}`);
  const part = sampledAttention(node.kernel.name, inputs, samples);
  const want = suite.reference(part?.inputs ?? inputs, call.attributes)[output];
  if (!want) throw new Error(`the reference of ${node.kernel.name} has no '${output}'`);
  const dtype = call.outputs[output]?.dtype ?? 'f32';
  const scale = want.data.reduce(
    (largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest),
    0,
  );
  // Those that only move or choose elements have no tolerance, but for the rounding of what is stored.
  const exact = suite.fuzzTolerance === undefined && node.kernel.name !== 'preprocess';
  const tolerance = exact ? 0 : OF_SCALE[dtype] * scale;
  const features = shape.at(-1) ?? 1;
  return Array.from(want.data, (value, i) => {
    const index = part ? (part.tokens[Math.floor(i / features)] ?? 0) * features + (i % features) : i;
    const own = dtype === 'f16' && exact ? 2 * ROUNDING.f16 * Math.abs(value) + SMALLEST_HALF_STEP : 0;
    return { index, got: data[index] ?? Number.NaN, want: value, tolerance: tolerance + own };
  });
}
