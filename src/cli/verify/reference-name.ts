/** What a tensor's name in the reference data says. */
export interface ReferenceName {
  /** The tensor's name in the file. */
  readonly key: string;
  /** The stage of the network. */
  readonly stage: string;
  /** Precision that it was computed in; with `float32-grid` in float64, but at float32's sampling positions. */
  readonly precision: 'float32' | 'float64' | 'float32-grid';
  /** Of the run with the input mirrored left to right. */
  readonly mirrored: boolean;
  /** It holds every so-manieth element of the stage in C order; 1: all of them. */
  readonly every: number;
}

const PRECISIONS = { 'float64.': 'float64', 'float64_with_float32_grid.': 'float32-grid' } as const;

/** Reads `[float64. | float64_with_float32_grid.] [flipped.] STAGE [__everyN]`, the prefixes in either order. */
export function parseReferenceName(key: string): ReferenceName {
  let stage = key;
  let precision: ReferenceName['precision'] = 'float32';
  let mirrored = false;
  for (let again = true; again; ) {
    again = false;
    if (stage.startsWith('flipped.')) {
      stage = stage.slice('flipped.'.length);
      mirrored = true;
      again = true;
    }
    for (const [prefix, value] of Object.entries(PRECISIONS)) {
      if (!stage.startsWith(prefix)) continue;
      stage = stage.slice(prefix.length);
      precision = value;
      again = true;
    }
  }
  const sampled = /^(.+)__every([1-9]\d{0,8})$/.exec(stage);
  return {
    key,
    stage: sampled?.[1] ?? stage,
    precision,
    mirrored,
    every: Number(sampled?.[2] ?? 1),
  };
}
