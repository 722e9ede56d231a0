import { floatsOf, isOrt, type OrtTensor } from '../../ort.js';
import { adapterText, getTask, ONNX, serveEngine } from './page.js';

/** onnxruntime-web with the execution provider that the page's address names, otherwise as it is by default. */

const FOLDER = '/modules/onnxruntime-web/dist';
/** The package's entries `onnxruntime-web/webgpu` and `onnxruntime-web/wasm`. */
const ENTRIES: Readonly<Record<string, string>> = {
  webgpu: `${FOLDER}/ort.webgpu.min.mjs`,
  wasm: `${FOLDER}/ort.wasm.min.mjs`,
};

const provider = new URLSearchParams(location.search).get('provider') ?? '';
const entry = ENTRIES[provider];
if (entry === undefined) throw new Error(`no execution provider '${provider}'`);
const ort: unknown = await import(entry);
if (!isOrt(ort)) throw new Error(`${entry} is not ONNX Runtime`);
// By default it takes half of the threads, which is one of two.
if (ort.env) ort.env.wasm.numThreads = navigator.hardwareConcurrency;
const { spec, input } = await getTask();

let compute = async (): Promise<Readonly<Record<string, OrtTensor>>> => {
  throw new Error('the network is not loaded yet');
};

serveEngine({
  async start() {
    const started = performance.now();
    const session = await ort.InferenceSession.create(ONNX, { executionProviders: [provider] });
    compute = () => session.run({ input: new ort.Tensor('float32', input, spec.shape) });
    const results = await compute();
    const milliseconds = performance.now() - started;
    const outputs = new Map(Object.entries(results).map(([name, value]) => [name, floatsOf(value)]));
    const on =
      provider === 'wasm'
        ? `${crossOriginIsolated ? navigator.hardwareConcurrency : 1} threads`
        : await adapterText();
    return { milliseconds, outputs, about: `${ort.env?.versions?.web ?? ''}, ${on}` };
  },
  async run() {
    await compute();
  },
});
