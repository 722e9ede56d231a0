import { type Graph, GraphBuilder, Module } from '../../src/graph/index.js';
import type { SafetensorsFile } from '../../src/weights/index.js';
import type { HrnetArchitecture } from '../../src/zian/architecture.js';
import { backboneGraph, describeModel, modelGraph } from '../../tools/export-onnx/index.js';

/** One layer of a row of convolutions; padding keeps the size, but for the stride. */
export interface Layer {
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
}

/**
 * A network that engines are compared on, as plain data: with the weights' file it makes the graph again in any
 * process or page.
 */
export type NetworkSpec =
  /** Convolutions with bias and ReLU, one after the other. */
  | { readonly kind: 'convolutions'; readonly shape: readonly number[]; readonly layers: readonly Layer[] }
  /** HRNet under the name `hrnet`. */
  | { readonly kind: 'backbone'; readonly shape: readonly number[]; readonly architecture: HrnetArchitecture }
  /** The whole network after the preprocessing; the rest is for the PyTorch reference, which reads no metadata. */
  | {
      readonly kind: 'model';
      readonly shape: readonly number[];
      readonly dataset: string;
      readonly options: readonly string[];
      readonly widths: Readonly<Record<string, number>>;
    };

/** Name of layer `i` of a row of convolutions, in the weights' file. */
export const layerName = (i: number): string => `layers.${i}`;

/** Shapes of a row of convolutions' weights. */
export function layerShapes(
  shape: readonly number[],
  layers: readonly Layer[],
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  let inputs = shape[1] ?? 0;
  layers.forEach(({ outputs, kernel }, i) => {
    shapes.set(`${layerName(i)}.weight`, [outputs, inputs, kernel, kernel]);
    shapes.set(`${layerName(i)}.bias`, [outputs]);
    inputs = outputs;
  });
  return shapes;
}

/** The graph of a network before all passes, with the input `input`; sizes of tensors come from the file. */
export function networkGraph(spec: NetworkSpec, file: SafetensorsFile): Graph {
  if (spec.kind === 'model') return modelGraph(describeModel(file));
  const shapes = new Map([...file.tensors].map(([name, { shape }]) => [name, shape]));
  if (spec.kind === 'backbone') {
    const [, , height = 0, width = 0] = spec.shape;
    return backboneGraph(shapes, 'hrnet', spec.architecture, [height, width]);
  }
  const builder = new GraphBuilder({ weights: shapes });
  const m = new Module(builder);
  const last = spec.layers.reduce(
    (x, { kernel, stride }, i) => m.relu(m.conv2d(layerName(i), x, { stride, padding: (kernel - 1) / 2 })),
    builder.input('input', spec.shape),
  );
  builder.output('features', last);
  return builder.build();
}
