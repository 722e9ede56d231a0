import { describe, expect, it } from 'vitest';
import { isSameAdapter } from '../../../bench/peers/browser/browser.js';
import { layerShapes, networkGraph } from '../../../bench/peers/network.js';
import { networkInput } from '../../../bench/peers/network-input.js';
import { releasedNetworks, tinyNetworks } from '../../../bench/peers/networks.js';
import { compareSamples } from '../../../src/cli/verify/compare.js';
import { Reference } from '../../../src/cli/verify/reference.js';
import { openFileSource } from '../../../src/node/file-source.js';
import { bytesSource, memorySink, openSafetensors } from '../../../src/weights/index.js';
import { readRun, runConfig, runImage, runTensorsPath } from '../../support/runs.js';

describe('networks of the bench of peers', () => {
  it.each(tinyNetworks(readRun('wide-region')).map((network) => [network.name, network] as const))(
    '%s: the weights make the graph',
    async (_, network) => {
      const sink = memorySink();
      await network.writeWeights(sink);
      const graph = networkGraph(network.spec, await openSafetensors(bytesSource('weights', sink.bytes())));
      expect(graph.inputs.get('input')?.spec.shape).toEqual(network.spec.shape);
      expect(network.input()).toHaveLength(network.spec.shape.reduce((a, b) => a * b, 1));
    },
  );

  it('of the released size: the four shapes that most of the work is in, others, the backbone and the model', () => {
    const networks = releasedNetworks(readRun('full-refuge'));
    const shapes = networks.map(({ kind, spec }) => `${kind} ${spec.shape.join('×')}`);
    expect(shapes).toEqual([
      'conv 1×32×64×64',
      'conv 1×64×32×32',
      'conv 1×128×16×16',
      'conv 1×256×8×8',
      'conv 1×64×64×64',
      'conv 1×64×128×128',
      'backbone 1×3×256×256',
      'model 1×3×1024×1024',
    ]);
    expect(new Set(networks.map(({ name }) => name)).size).toBe(networks.length);
  });

  it('take as inputs what the layer before gives', () => {
    const layers = [
      { outputs: 8, kernel: 1, stride: 1 },
      { outputs: 4, kernel: 3, stride: 2 },
    ];
    expect([...layerShapes([1, 3, 8, 8], layers)]).toEqual([
      ['layers.0.weight', [8, 3, 1, 1]],
      ['layers.0.bias', [8]],
      ['layers.1.weight', [4, 8, 3, 3]],
      ['layers.1.bias', [4]],
    ]);
  });
});

describe('networkInput', () => {
  it.each(['narrow', 'oblong', 'gamma'])("%s: PyTorch's input, bit for bit", async (name) => {
    const run = readRun(name);
    const config = runConfig(run);
    const source = await openFileSource(runTensorsPath(name));
    const reference = new Reference(await openSafetensors(source));
    const found = reference.find('input', false);
    if (!found) throw new Error('the fixture has no input');
    const [width, height] = config.cropSize;
    const want = await reference.read(found, { shape: [1, 3, height, width] });
    const difference = compareSamples({ data: networkInput(runImage(run), config), every: 1 }, want);
    expect(difference).toMatchObject({ maxError: 0 });
    expect(difference.count).toBeGreaterThan(100);
    await source.close();
  });
});

describe("a browser's adapter", () => {
  it.each([
    ['SwiftShader Device (Subzero)', 'google swiftshader', true],
    ['SwiftShader Device (Subzero)', 'no adapter', false],
    ['llvmpipe (LLVM 15.0.6, 256 bits)', 'google swiftshader', false],
    ['llvmpipe (LLVM 15.0.6, 256 bits)', 'mesa llvmpipe (LLVM 15.0.6)', true],
    ['NVIDIA H100', 'google swiftshader', false],
    ['NVIDIA H100', 'nvidia hopper', true],
  ])('%s and %s', (wanted, offered, same) => {
    expect(isSameAdapter(wanted, offered)).toBe(same);
  });
});
