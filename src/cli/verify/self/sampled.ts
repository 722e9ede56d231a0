import type { Call, RefTensor } from '../../../kernels/contract.js';
import type { Conv2dAttributes } from '../../../kernels/conv2d/geometry.js';
import type { TracedLayer } from '../../../zian/layer-trace.js';
import { sampleIndices } from './sample-indices.js';

/** A convolution: a call of that kernel is known to have its attributes. */
export type ConvolutionLayer = TracedLayer & { readonly call: Call<Conv2dAttributes> };

export const isConvolution = (layer: TracedLayer): layer is ConvolutionLayer =>
  layer.node.kernel.name === 'conv2d';

/** An attention over some of its queries: the others do not matter to these. */
export function sampledAttention(
  kernel: string,
  inputs: Readonly<Record<string, RefTensor>>,
  samples: number,
): { readonly inputs: Readonly<Record<string, RefTensor>>; readonly tokens: readonly number[] } | undefined {
  const { q } = inputs;
  const [n = 1, queries = 0, channels = 1] = q?.shape ?? [];
  if (kernel !== 'attention' || !q || n !== 1) return undefined;
  const tokens = sampleIndices([queries], Math.max(1, Math.ceil(samples / channels)));
  const data = new Float64Array(tokens.length * channels);
  tokens.forEach((token, i) => {
    data.set(q.data.subarray(token * channels, (token + 1) * channels), i * channels);
  });
  return { inputs: { ...inputs, q: { shape: [1, tokens.length, channels], data } }, tokens };
}
