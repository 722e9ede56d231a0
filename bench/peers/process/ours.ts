import { Executable, optimize } from '../../../src/graph/index.js';
import { storageBytes, toStorage } from '../../../src/kernels/layout.js';
import { openDevice } from '../../../src/node/adapters.js';
import { openFileSource } from '../../../src/node/file-source.js';
import { openSafetensors } from '../../../src/weights/index.js';
import { networkGraph } from '../network.js';
import type { WorkerRequest } from './protocol.js';
import { type Engine, readFloats, serve } from './worker.js';

/** zian-webgpu on Dawn's Node bindings. */
async function open({ files, adapter = 'auto' }: WorkerRequest): Promise<Engine> {
  const { shape } = files.spec;
  const storage = new Float32Array(storageBytes({ shape, dtype: 'f32' }) / 4);
  const input = toStorage(await readFloats(files.input), shape, storage);
  let run = async (): Promise<Map<string, Float32Array>> => {
    throw new Error('the network is not loaded yet');
  };
  return {
    async start() {
      const started = performance.now();
      const device = await openDevice(adapter, { log: () => undefined });
      const file = await openSafetensors(await openFileSource(files.weights));
      const graph = networkGraph(files.spec, file);
      const executable = await Executable.compile(optimize(graph), device, {
        readWeight: (name) => file.readFloat32(name),
      });
      const names = [...graph.outputs.keys()];
      run = () => {
        executable.write('input', input);
        return executable.run(names);
      };
      const outputs = await run();
      return { milliseconds: performance.now() - started, outputs, about: device.report.name };
    },
    async run() {
      const started = performance.now();
      await run();
      return performance.now() - started;
    },
  };
}

await serve(open);
