import { type Constant, evaluate, type ReadWeight, type Value } from '../../src/graph/index.js';
import type { Emitter } from './emitter.js';
import type { Tensor } from './onnx-model.js';

/** A graph's constants as initializers, each made when it is first used. */
export class Constants {
  readonly #emitter: Emitter;
  readonly #constants: ReadonlyMap<Value, Constant>;
  readonly #read: ReadWeight;
  readonly #tensors = new Map<Value, Map<string, Tensor>>();

  constructor(emitter: Emitter, constants: ReadonlyMap<Value, Constant>, read: ReadWeight) {
    this.#emitter = emitter;
    this.#constants = constants;
    this.#read = read;
  }

  has(value: Value): boolean {
    return this.#constants.has(value);
  }

  /** The constant as it is. */
  tensor(value: Value): Tensor {
    return this.derived(value, '', value.spec.shape, (values) => values);
  }

  /**
   * Another tensor made of a constant's elements.
   * @param form says what `change` does, in the tensor's name; equal forms of a value are one tensor
   */
  derived(
    value: Value,
    form: string,
    shape: readonly number[],
    change: (values: Float64Array) => ArrayLike<number>,
  ): Tensor {
    const constant = this.#constants.get(value);
    if (!constant) throw new Error(`'${value.label}' is not a constant`);
    const forms = this.#tensors.get(value) ?? new Map<string, Tensor>();
    this.#tensors.set(value, forms);
    const key = `${form} ${shape.join()}`;
    const name = form === '' ? value.label : `${value.label}.${form}`;
    const tensor =
      forms.get(key) ??
      this.#emitter.floats(name, shape, async () =>
        Float32Array.from(change(await evaluate(constant, this.#read))),
      );
    forms.set(key, tensor);
    return tensor;
  }
}
