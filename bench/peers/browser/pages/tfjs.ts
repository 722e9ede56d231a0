import { blobSource, openSafetensors } from '../../../../src/weights/index.js';
import { plainGraph } from '../../../../tools/export-onnx/plain-graph.js';
import { networkGraph } from '../../network.js';
import { adapterText, getBlob, getTask, serveEngine, WEIGHTS } from './page.js';
import { isTf, TfNetwork, type TfTensor } from './tf.js';

/** TensorFlow.js with its WebGPU backend, loaded by the page's script tags. */

const found: unknown = Reflect.get(globalThis, 'tf');
if (!isTf(found)) throw new Error('TensorFlow.js is not loaded');
const tf = found;
const { spec, input } = await getTask();

/** [1, C, H, W] → [1, H, W, C], or with `back` the other way round. */
function reordered(values: Float32Array, channels: number, back = false): Float32Array {
  const pixels = values.length / channels;
  const out = new Float32Array(values.length);
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < pixels; p++) {
      if (back) out[c * pixels + p] = values[p * channels + c] ?? 0;
      else out[p * channels + c] = values[c * pixels + p] ?? 0;
    }
  return out;
}

const [n = 1, channels = 1, height = 1, width = 1] = spec.shape;
const pixels = reordered(input, channels);
let network: TfNetwork | undefined;

/** Uploads the input, computes, and reads the result back; it is channels last. */
async function compute(): Promise<{ data: Float32Array; shape: readonly number[] }> {
  if (!network) throw new Error('the network is not loaded yet');
  const x: TfTensor = tf.tensor4d(pixels, [n, height, width, channels]);
  const y = network.compute(x);
  x.dispose();
  const data = await y.data();
  y.dispose();
  return { data, shape: y.shape };
}

serveEngine({
  async start() {
    const started = performance.now();
    if (!(await tf.setBackend('webgpu'))) throw new Error('its WebGPU backend does not start');
    await tf.ready();
    const file = await openSafetensors(blobSource('the weights', await getBlob(WEIGHTS)));
    const graph = plainGraph(networkGraph(spec, file), ['fuse-activation']);
    network = await TfNetwork.load(tf, graph, (name) => file.readFloat32(name));
    const { data, shape } = await compute();
    const milliseconds = performance.now() - started;
    const [name = ''] = graph.outputs.keys();
    return {
      milliseconds,
      outputs: new Map([[name, reordered(data, shape.at(-1) ?? 1, true)]]),
      about: `${tf.version_core}, ${await adapterText()}`,
    };
  },
  async run() {
    await compute();
  },
});
