import { inputError } from '../../errors.js';
import { elementCount, quote, type SafetensorsFile } from '../../weights/index.js';
import type { Stage } from '../engine.js';
import { type Samples, sampleCount } from './compare.js';
import { parseReferenceName, type ReferenceName } from './reference-name.js';

const withoutLeadingOnes = (shape: readonly number[]): string => {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? '' : shape.slice(first).join('x');
};

/** A file of reference tensors, under the names of their stages. */
export class Reference {
  readonly names: readonly ReferenceName[];
  readonly #file: SafetensorsFile;

  constructor(file: SafetensorsFile) {
    this.#file = file;
    this.names = [...file.tensors.keys()].map(parseReferenceName);
  }

  get hasMirrored(): boolean {
    return this.names.some(({ mirrored }) => mirrored);
  }

  find(stage: string, mirrored: boolean): ReferenceName | undefined {
    return this.names.find(
      (name) => name.stage === stage && name.mirrored === mirrored && name.precision === 'float32',
    );
  }

  shapeOf({ key }: ReferenceName): readonly number[] {
    return this.#file.tensors.get(key)?.shape ?? [];
  }

  /**
   * A tensor, once it is known to be of the same size as the model's stage.
   * @throws ZianError (input) where it is not: the reference is another model's
   */
  async read(name: ReferenceName, stage: Pick<Stage, 'shape'>): Promise<Samples> {
    const shape = this.shapeOf(name);
    const fits =
      name.every === 1
        ? withoutLeadingOnes(shape) === withoutLeadingOnes(stage.shape)
        : elementCount(shape) === sampleCount(elementCount(stage.shape) ?? 0, name.every);
    if (!fits) {
      const samples = name.every === 1 ? '' : `, of which every ${name.every}th is stored`;
      throw inputError(
        `${this.#file.name}: ${quote(name.key)} has the shape [${shape}], but the model's stage is [${stage.shape}]${samples}; the reference was made with another model or other sizes.`,
      );
    }
    return { data: await this.#file.readFloat32(name.key), every: name.every };
  }
}
