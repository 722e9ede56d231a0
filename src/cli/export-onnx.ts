import {
  describeModel,
  exportOnnx,
  modelBackboneGraph,
  modelGraph,
  plainGraph,
} from '../../tools/export-onnx/index.js';
import { writeFileStreaming } from '../node/atomic-file.js';
import { openFileSource } from '../node/file-source.js';
import { openSafetensors } from '../weights/index.js';
import { finiteWeights } from '../zian/finite-weights.js';
import { refuseOverwriting } from './output-paths.js';

export interface ExportRequest {
  /** Path of the model file. */
  readonly model: string;
  /** Path of the ONNX file. */
  readonly output: string;
  /** Only this backbone (`hrnet`, `hrnet_roi`, …); without it, the whole network. */
  readonly backbone?: string;
  /** zian-webgpu's own version. */
  readonly version: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A tensor that a caller of the ONNX file gives or gets. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Exported {
  readonly bytes: number;
  readonly nodes: number;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/**
 * Writes a model, or one backbone of it, as an ONNX file, which appears under its name when it is complete.
 * @throws ZianError: input where the file is no ZIAN model or has no such backbone; usage where the output cannot be
 *   written or is the model
 */
export async function exportModel(request: ExportRequest): Promise<Exported> {
  const source = await openFileSource(request.model);
  try {
    await refuseOverwriting([request.output], [request.model]);
    const file = await openSafetensors(source);
    const model = describeModel(file);
    const { backbone } = request;
    const graph = plainGraph(
      backbone === undefined ? modelGraph(model) : modelBackboneGraph(model, backbone),
    );
    const onnx = exportOnnx(graph, {
      name: backbone ?? 'zian',
      readWeight: finiteWeights(file, source.name),
      version: request.version,
      metadata: { ...file.metadata, dtype: 'f32', channels: 'blue, green, red' },
    });
    await writeFileStreaming(request.output, (sink) =>
      onnx.write(sink, (done) => request.onProgress?.(done, onnx.byteLength)),
    );
    const ports = (values: typeof graph.inputs): Port[] =>
      [...values].map(([name, { spec }]) => ({ name, shape: spec.shape }));
    return {
      bytes: onnx.byteLength,
      nodes: [...onnx.operators.values()].reduce((sum, count) => sum + count, 0),
      inputs: ports(graph.inputs),
      outputs: ports(graph.outputs),
    };
  } finally {
    await source.close();
  }
}
