import { describe, expect, it } from 'vitest';
import { GraphBuilder, Module, optimize } from '../../src/graph/index.js';
import { suites } from '../../src/kernels/suites.js';
import { memorySink, openSafetensors } from '../../src/weights/index.js';
import {
  describeModel,
  exportOnnx,
  modelBackboneGraph,
  modelGraph,
  plainGraph,
  startAt,
} from '../../tools/export-onnx/index.js';
import { makeLowerings } from '../../tools/export-onnx/lowerings/index.js';
import { layered, type TestGraph } from '../graph/support.js';
import { runModel } from '../support/model.js';
import { listRuns, readRun } from '../support/runs.js';
import { seededTensor } from '../support/seeded.js';
import { namingFaults, type ReadModel, readOnnx } from './onnx-reader.js';

async function exported({ graph, readWeight }: TestGraph): Promise<ReadModel> {
  const sink = memorySink();
  const onnx = exportOnnx(graph, { name: 'test', readWeight, version: '1.2.3', metadata: { key: 'value' } });
  await onnx.write(sink);
  expect(sink.bytes().byteLength).toBe(onnx.byteLength);
  return readOnnx(sink.bytes());
}

const floats = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer);
const operators = ({ nodes }: ReadModel): string[] => nodes.map(({ operator }) => operator);

describe('exportOnnx', () => {
  it('says a convolution, its weights and its ports', async () => {
    const convolution = layered((layers, builder) => {
      const x = builder.input('x', [1, 3, 9, 7]);
      builder.output('y', layers.m.relu(layers.conv('stem', x, 5, { stride: 2, bias: true })));
    });
    const model = await exported(convolution);
    expect([model.irVersion, model.opset]).toEqual([8, 17]);
    expect(model.metadata).toEqual(new Map([['key', 'value']]));
    expect(model.inputs).toEqual(new Map([['x', [1, 3, 9, 7]]]));
    expect(model.outputs).toEqual(new Map([['y', [1, 5, 5, 4]]]));
    expect(operators(model)).toEqual(['Conv', 'Relu']);
    expect(model.nodes[0]).toMatchObject({
      name: 'stem/Conv',
      inputs: ['x', 'stem.weight', 'stem.bias'],
      attributes: new Map([
        ['kernel_shape', [3, 3]],
        ['strides', [2, 2]],
        ['pads', [1, 1, 1, 1]],
        ['dilations', [1, 1]],
        ['group', [1]],
      ]),
    });
    const weight = model.initializers.get('stem.weight');
    expect(weight?.shape).toEqual([5, 3, 3, 3]);
    expect(floats(weight?.bytes ?? new Uint8Array())).toEqual(seededTensor('stem.weight', [5, 3, 3, 3], 1));
  });

  it('folds batch norm into the weights', async () => {
    const network = layered((layers, builder) => {
      builder.output('y', layers.batchNorm('bn', layers.conv('conv', builder.input('x', [1, 4, 8, 8]), 4)));
    });
    const model = await exported({ ...network, graph: plainGraph(network.graph) });
    expect(operators(model)).toEqual(['Conv']);
    const [weight] = [...model.initializers.values()].map(({ bytes }) => floats(bytes));
    const [gamma = 0] = seededTensor('bn.weight', [4], 1);
    const [variance = 0] = seededTensor('bn.running_var', [4], 1);
    const [first = 0] = seededTensor('conv.weight', [4, 4, 3, 3], 1);
    expect(weight?.[0]).toBeCloseTo((first * gamma) / Math.sqrt(variance + 1e-5), 6);
  });

  it('transposes the weight of a linear layer, group by group', async () => {
    const builder = new GraphBuilder({ weights: new Map([['l.weight', [4, 2, 1]]]) });
    const x = builder.input('x', [1, 5, 4]);
    builder.output('y', new Module(builder).groupedLinear('l', x, 2));
    const readWeight = async (): Promise<Float32Array> => Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const model = await exported({ graph: builder.build(), readWeight });
    expect(operators(model)).toEqual(['Reshape', 'Transpose', 'MatMul', 'Transpose', 'Reshape']);
    const weight = model.initializers.get('l.weight.transposed');
    expect(weight?.shape).toEqual([2, 2, 2]);
    expect([...floats(weight?.bytes ?? new Uint8Array())]).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
  });

  it('gives an output that is an input, or an output already, a name of its own', async () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 4]);
    const y = new Module(builder).relu(x);
    for (const [name, value] of [
      ['same', x],
      ['first', y],
      ['second', y],
    ] as const)
      builder.output(name, value);
    const model = await exported({ graph: builder.build(), readWeight: async () => new Float32Array() });
    expect([...model.outputs.keys()]).toEqual(['same', 'first', 'second']);
    expect(operators(model)).toEqual(['Relu', 'Identity', 'Identity']);
    expect(namingFaults(model)).toEqual([]);
  });

  it('knows every kernel but the preprocessing and the checks', () => {
    const known = makeLowerings();
    const unknown = suites.map(({ kernel }) => kernel.name).filter((name) => !known.has(name));
    expect(unknown).toEqual(['count_not_finite', 'preprocess']);
  });

  it('refuses half precision, and what later passes make', async () => {
    const options = { name: 'n', readWeight: async () => new Float32Array(), version: '0' };
    const half = new GraphBuilder({ dtype: 'f16' });
    half.output('y', new Module(half).relu(half.input('x', [1, 4])));
    expect(() => exportOnnx(half.build(), options)).toThrow("input 'x' is f16");

    const concat = layered((layers, builder) => {
      const x = builder.input('x', [1, 4, 8, 8]);
      const parts = ['a', 'b'].map((name) => layers.conv(name, x, 4));
      builder.output('y', layers.conv('c', layers.m.concat('join', parts), 4));
    });
    expect(() => exportOnnx(optimize(concat.graph), options)).toThrow('concat-slices');

    const merged = layered((layers, builder) => {
      for (const name of ['a', 'b']) {
        let y = builder.input(`x ${name}`, [1, 4, 8, 8]);
        for (let i = 0; i < 4; i++) y = layers.m.relu(layers.child(name).conv(`${i}`, y, 4));
        builder.output(name, y);
      }
    });
    const branches = optimize(merged.graph, ['concat-slices']);
    expect(() => exportOnnx(branches, options)).toThrow('merged by a pass');
  });
});

describe('startAt', () => {
  const twoInputs = (): TestGraph =>
    layered((layers, builder) => {
      const middle = layers.conv('first', builder.input('x', [1, 4, 8, 8]), 4);
      const other = layers.conv('other', builder.input('z', [1, 4, 8, 8]), 4);
      builder.output('y', layers.conv('second', middle, 4));
      builder.output('sum', layers.m.add(middle, other));
    });

  it('leaves what comes after a value', () => {
    const { graph } = twoInputs();
    const rest = startAt({ ...graph, outputs: new Map([...graph.outputs].slice(0, 1)) }, 'first');
    expect(rest.nodes.map(({ label }) => label)).toEqual(['second']);
    expect([...rest.inputs.keys()]).toEqual(['first']);
    expect(rest.constants.size).toBe(1);
  });

  it('refuses a value that is not there, and a second input', () => {
    const { graph } = twoInputs();
    expect(() => startAt(graph, 'third')).toThrow("the graph computes no 'third'");
    expect(() => startAt(graph, 'first')).toThrow("'other' needs 'z' besides 'first'");
  });
});

describe('whole networks', () => {
  // Their numbers are checked with ONNX Runtime by `npm run check:onnx`.
  it.each(listRuns().filter((name) => !name.startsWith('full')))('%s: a well-formed file', async (name) => {
    const file = await openSafetensors(await runModel(readRun(name)));
    const described = describeModel(file);
    const readWeight = (weight: string): Promise<Float32Array> => file.readFloat32(weight);
    const graph = plainGraph(modelGraph(described));
    const model = await exported({ graph, readWeight });
    const [width, height] = described.config.cropSize;
    expect(model.inputs).toEqual(new Map([['input', [1, 3, height, width]]]));
    expect([...model.outputs]).toEqual([...graph.outputs].map(([key, { spec }]) => [key, spec.shape]));
    expect(namingFaults(model)).toEqual([]);
    for (const { shape, type, bytes } of model.initializers.values()) {
      const elements = shape.reduce((a, b) => a * b, 1);
      expect(bytes.byteLength).toBe(elements * (type === 7 ? 8 : 4));
    }
  });

  it('one backbone at the size that the model gives it', async () => {
    const file = await openSafetensors(await runModel(readRun('narrow')));
    const described = describeModel(file);
    const readWeight = (weight: string): Promise<Float32Array> => file.readFloat32(weight);
    const graph = plainGraph(modelBackboneGraph(described, 'hrnet_roi'));
    const model = await exported({ graph, readWeight });
    expect(model.inputs).toEqual(new Map([['input', [1, 3, 32, 32]]]));
    expect(model.outputs).toEqual(new Map([['features', [1, 32, 8, 8]]]));
    expect(() => modelBackboneGraph(described, 'hrnet_roi_2')).toThrow(
      "The model has no backbone 'hrnet_roi_2'; it has hrnet, hrnet_roi, hrnet_roi_3.",
    );
  });
});
