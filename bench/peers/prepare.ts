import { join } from 'node:path';
import { writeFileAtomic, writeFileStreaming } from '../../src/node/atomic-file.js';
import { openFileSource } from '../../src/node/file-source.js';
import { openSafetensors } from '../../src/weights/index.js';
import { exportOnnx, plainGraph } from '../../tools/export-onnx/index.js';
import { networkGraph } from './network.js';
import type { BenchNetwork } from './networks.js';
import type { NetworkFiles } from './runner.js';

/** Writes a network's weights, its ONNX file and its input into a folder. */
export async function prepareNetwork(
  network: BenchNetwork,
  folder: string,
  version: string,
): Promise<NetworkFiles> {
  const weights = join(folder, 'weights.safetensors');
  const onnx = join(folder, 'network.onnx');
  const input = join(folder, 'input.f32');
  await writeFileStreaming(weights, (sink) => network.writeWeights(sink));
  await writeFileAtomic(input, new Uint8Array(network.input().buffer));
  const source = await openFileSource(weights);
  try {
    const file = await openSafetensors(source);
    const graph = plainGraph(networkGraph(network.spec, file));
    const readWeight = (name: string): Promise<Float32Array> => file.readFloat32(name);
    const exported = exportOnnx(graph, { name: network.kind, readWeight, version });
    await writeFileStreaming(onnx, (sink) => exported.write(sink));
  } finally {
    await source.close();
  }
  return { spec: network.spec, weights, onnx, input, results: folder };
}
