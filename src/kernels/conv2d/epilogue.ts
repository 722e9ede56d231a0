import { activationCode, activationInclude } from '../common/activation.js';
import lanes from '../common/lanes.wgsl';
import { operand } from '../common/operand.js';
import type { Call, ConstantValue, ShaderSource } from '../contract.js';
import { extentOf, vec4s } from '../layout.js';
import body from './epilogue.wgsl';
import { type Conv2dAttributes, geometry, RESIDUALS, residuals } from './geometry.js';

/** What a shader needs that ends with epilogue.wgsl's `store`. */
export const epilogueIncludes: NonNullable<ShaderSource['includes']> = [activationInclude, lanes, body];

const ABSENT = { layout: { offset: 0, stride: 0 } };

export function epilogueParameters(call: Call<Conv2dAttributes>): Record<string, number> {
  const g = geometry(call.inputs, call.attributes);
  const { shape, layout } = operand(call.outputs, 'y', 'conv2d');
  const y = extentOf(shape);
  const present = residuals(call.inputs, g.factors);
  const residualParameters = Object.fromEntries(
    RESIDUALS.flatMap((residual) => {
      const found = present.find(({ name }) => name === residual);
      const { layout: own } = found?.spec ?? ABSENT;
      return [
        [`${residual}_offset`, own.offset],
        [`${residual}_stride`, own.stride],
        // 0 says that there is none.
        [`${residual}_factor`, found?.factor ?? 0],
      ];
    }),
  );
  return {
    y_h: y.h,
    y_w: y.w,
    y_c: y.c,
    y_c4: vec4s(y.c),
    y_offset: layout.offset,
    y_stride: layout.stride,
    relu: g.activation === 'relu' ? 1 : 0,
    images_per_branch: y.n / g.branches,
    ...residualParameters,
  };
}

/** A ReLU is a parameter, since most convolutions have one or nothing; other activations are compiled in. */
export function epilogueConstants({
  inputs,
  attributes,
}: Call<Conv2dAttributes>): Record<string, ConstantValue> {
  const { activation } = geometry(inputs, attributes);
  return { ACTIVATION: activationCode(activation === 'relu' ? 'none' : activation) };
}
