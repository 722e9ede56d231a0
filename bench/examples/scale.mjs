// A kernel of one's own: npm run bench -- --case bench/examples/scale.mjs
const shape = [1, 32, 64, 64];
const count = shape.reduce((product, size) => product * size, 1);

export default {
  name: 'scale',
  shader: 'scale.wgsl',
  inputs: { x: { shape, low: -1, high: 1 } },
  outputs: { y: { shape } },
  constants: { FACTOR: { f32: 0.1 } },
  workgroups: [count / 4 / 64, 1, 1],
  flops: count,
  tolerance: { absolute: 0, relative: 2e-7 },
  reference: ({ x }) => ({ y: { shape, data: x.data.map((value) => 0.1 * value) } }),
};
