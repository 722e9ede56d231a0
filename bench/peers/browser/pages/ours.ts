import { EngineDevice, Executable, optimize } from '../../../../src/graph/index.js';
import { storageBytes, toStorage } from '../../../../src/kernels/layout.js';
import { blobSource, openSafetensors } from '../../../../src/weights/index.js';
import { networkGraph } from '../../network.js';
import { adapterText, getBlob, getTask, serveEngine, WEIGHTS } from './page.js';

const { spec, input } = await getTask();
const { shape } = spec;
const storage = toStorage(input, shape, new Float32Array(storageBytes({ shape, dtype: 'f32' }) / 4));

let compute = async (): Promise<Map<string, Float32Array>> => {
  throw new Error('the network is not loaded yet');
};

serveEngine({
  async start() {
    const started = performance.now();
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new Error('the browser offers no WebGPU adapter');
    const device = await EngineDevice.request(adapter);
    const file = await openSafetensors(blobSource('the weights', await getBlob(WEIGHTS)));
    const graph = networkGraph(spec, file);
    const executable = await Executable.compile(optimize(graph), device, {
      readWeight: (name) => file.readFloat32(name),
    });
    const names = [...graph.outputs.keys()];
    compute = () => {
      executable.write('input', storage);
      return executable.run(names);
    };
    const outputs = await compute();
    return { milliseconds: performance.now() - started, outputs, about: await adapterText() };
  },
  async run() {
    await compute();
  },
});
