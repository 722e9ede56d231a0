import type { ModelDtype } from '../../zian/model-file.js';

/** An element may be off by `absolute + relative · (the reference's largest magnitude)`. */
export interface StageTolerance {
  readonly absolute: number;
  readonly relative: number;
  readonly why: string;
}

/** In order; the first whose pattern matches counts. */
const FLOAT32: readonly (readonly [RegExp, StageTolerance])[] = [
  [
    /^input$/,
    {
      absolute: 1e-6,
      relative: 0,
      why: 'the resize is exact in integers; normalising rounds values up to 6 twice or thrice, by 2.4e-7 each',
    },
  ],
  [
    /^roi_center$/,
    { absolute: 0, relative: 0, why: 'a whole number of pixels; another one means other regions' },
  ],
  [
    /^heatmap_/,
    {
      absolute: 1e-4,
      relative: 0,
      why: "the promise of this package; PyTorch's own error against float64 reaches 4.6e-5",
    },
  ],
  [
    /^(input_ds|input_roi_\d)$/,
    {
      absolute: 1e-5,
      relative: 0,
      why: 'one interpolation; a wrongly rounded source position alone costs 1e-5 to 1.6e-4',
    },
  ],
  [
    /./,
    {
      absolute: 2e-5,
      relative: 2e-5,
      why: 'sums of up to some thousand products in another order, through some hundred layers, in units of 6e-8',
    },
  ],
];

/** Half precision keeps 11 bits: 5e-4 for each time that a value is stored, through some hundred layers. */
const FLOAT16: readonly (readonly [RegExp, StageTolerance])[] = [
  [/^input$/, { absolute: 4e-3, relative: 0, why: 'values up to 6, rounded once to 11 bits' }],
  [/^roi_center$/, { absolute: 0, relative: 0, why: 'as in float32' }],
  [/./, { absolute: 1e-2, relative: 2e-2, why: 'about a hundred roundings to 11 bits in a row' }],
];

/** What one stage may be off by, when weights or arithmetic are in `dtype`. */
export function stageTolerance(stage: string, dtype: ModelDtype): StageTolerance {
  const rules = dtype === 'f16' ? FLOAT16 : FLOAT32;
  const found = rules.find(([pattern]) => pattern.test(stage));
  if (found === undefined) throw new Error(`no tolerance for the stage '${stage}'`);
  return found[1];
}

export const toleranceOf = (stage: string, scale: number, dtype: ModelDtype): number => {
  const { absolute, relative } = stageTolerance(stage, dtype);
  return absolute + relative * scale;
};
