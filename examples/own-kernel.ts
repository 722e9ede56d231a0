// A kernel of one's own: y = x · sigmoid(x · beta), written once for every shape, layout and float type.
import { compile, type EngineDevice, GraphBuilder, type Kernel, operand, vec4Plan } from 'zian-webgpu/graph';

// The engine writes the header: X_T and Y_T (element types), X_STRIDE, X_OFFSET, Y_N, Y_H, …, and the constants.
// Storage is channels-last, four channels to a vec4; lanes beyond the last channel are 0 and must stay so.
const body = `
@group(0) @binding(0) var<storage, read> x: array<vec4<X_T>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<Y_T>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * ROW + id.x;
  if (i >= Y_N * Y_H * Y_W * Y_C4) { return; }
  let v = vec4<f32>(x[X_OFFSET + i / Y_C4 * X_STRIDE + i % Y_C4]);
  y[Y_OFFSET + i / Y_C4 * Y_STRIDE + i % Y_C4] = vec4<Y_T>(v / (1.0 + exp(-BETA * v)));
}`;

type SwishAttributes = { readonly beta: number };

const swish: Kernel<SwishAttributes> = {
  name: 'swish',
  inputs: ['x'],
  outputs: ['y'],
  infer: (inputs) => ({ y: operand(inputs, 'x', 'swish') }),
  cost: () => ({ flops: 0, bytes: 0 }),
  variants: [
    {
      name: 'plain',
      plan: ({ outputs, attributes: { beta } }) =>
        vec4Plan(operand(outputs, 'y', 'swish'), { name: 'swish', body }, ['x', 'y'], {
          BETA: { f32: beta },
        }),
    },
  ],
};

/** @param values of a tensor [1, 6, 5, 7], in C order */
export async function runSwish(device: EngineDevice, values: Float32Array, beta: number) {
  const builder = new GraphBuilder();
  const x = builder.input('x', [1, 6, 5, 7]);
  builder.output('y', builder.apply(swish, 'swish', { x }, { beta }));
  const executable = await compile(builder.build(), device);
  executable.writeTensor('x', values);
  const y = (await executable.run(['y'])).get('y');
  executable.destroy();
  return y;
}
