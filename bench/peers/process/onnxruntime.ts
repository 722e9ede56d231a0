import { inputError } from '../../../src/errors.js';
import { floatsOf, isOrt, type OrtTensor } from '../ort.js';
import { checkoutRoot, INSTALL, loadPeer, peerPackage } from '../peer-package.js';
import type { WorkerRequest } from './protocol.js';
import { type Engine, readFloats, serve } from './worker.js';

const PACKAGE = 'onnxruntime-node';

/** onnxruntime-node with one execution provider, everything else as it is by default. */
async function open({ files, provider = 'cpu' }: WorkerRequest): Promise<Engine> {
  const root = await checkoutRoot();
  const ort = await loadPeer(root, PACKAGE);
  if (!isOrt(ort)) throw inputError(`${PACKAGE} is not what it should be; install it again: ${INSTALL}`);
  const { version } = await peerPackage(root, PACKAGE);
  const input = await readFloats(files.input);
  let run = async (): Promise<Readonly<Record<string, OrtTensor>>> => {
    throw new Error('the network is not loaded yet');
  };
  return {
    async start() {
      const started = performance.now();
      const session = await ort.InferenceSession.create(files.onnx, { executionProviders: [provider] });
      run = () => session.run({ input: new ort.Tensor('float32', input, files.spec.shape) });
      const results = await run();
      const milliseconds = performance.now() - started;
      const outputs = new Map(Object.entries(results).map(([name, value]) => [name, floatsOf(value)]));
      return { milliseconds, outputs, about: `${version}, ${provider}` };
    },
    async run() {
      const started = performance.now();
      await run();
      return performance.now() - started;
    },
  };
}

await serve(open);
