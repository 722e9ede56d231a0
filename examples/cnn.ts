// A network of one's own: three convolutions and a decision per pixel, built, run and profiled.
import { compile, type EngineDevice, GraphBuilder, Module } from 'zian-webgpu/graph';

/** Tensors by name, as a checkpoint has them; here they are made up. */
const weights = new Map<string, Float32Array>();
const shapes = new Map<string, readonly number[]>();
for (const [name, outputs, inputs, size] of [
  ['stem', 16, 3, 3],
  ['down', 32, 16, 3],
  ['head', 2, 32, 1],
] as const) {
  const count = outputs * inputs * size * size;
  shapes.set(`${name}.weight`, [outputs, inputs, size, size]);
  weights.set(
    `${name}.weight`,
    Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) / size ** 2),
  );
}

export async function runCnn(device: EngineDevice, image: Float32Array) {
  const builder = new GraphBuilder({ weights: shapes });
  const m = new Module(builder);
  const x = builder.input('image', [1, 3, 64, 64]);
  const stem = m.relu(m.conv2d('stem', x, { padding: 1 }));
  const down = m.relu(m.conv2d('down', stem, { padding: 1, stride: 2 }));
  builder.output('probabilities', m.sigmoid(m.resize('up', m.conv2d('head', down), 64, 64, 'bilinear')));

  const executable = await compile(builder.build(), device, {
    readWeight: async (name) => weights.get(name) ?? new Float32Array(),
  });
  executable.writeTensor('image', image);
  const probabilities = (await executable.run(['probabilities'])).get('probabilities');
  const timings = device.has('timestamp-query') ? await executable.profile() : [];
  const { dispatchCount } = executable;
  executable.destroy();
  return { probabilities, timings, dispatchCount };
}
