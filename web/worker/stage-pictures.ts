import type { Architecture } from '../../src/zian/architecture.js';
import type { ZianConfig } from '../../src/zian/config.js';
import { heatColor } from '../../src/zian/overlay/colormap.js';
import type { Stage } from '../../src/zian/stages.js';
import type { StagePicture } from '../shared/messages.js';

/** The stages worth looking at, in running order: name, title, kind, what it is. */
const SHOWN = [
  [
    'input_ds',
    'Coarse input',
    'input',
    'The whole picture, resized and cropped: all that the coarse stage sees',
  ],
  ['coarse.features', 'Coarse features', 'features', 'What the coarse backbone made of it'],
  ['heatmap_ds', 'Coarse heat map', 'heat', 'Its peak is the centre of the regions'],
  ['input_roi_1', 'Region, scale 1', 'input', 'Cut from the picture around the coarse peak'],
  ['input_roi_2', 'Region, scale 1.5', 'input', 'The same centre, wider'],
  ['input_roi_3', 'Region, scale 2', 'input', 'The same centre, twice as wide'],
  ['roi_1.features', 'Features, scale 1', 'features', 'What the first region’s backbone made of it'],
  ['roi_2.features', 'Features, scale 1.5', 'features', 'What the second region’s backbone made of it'],
  ['roi_3.features', 'Features, scale 2', 'features', 'What the wide region’s backbone made of it'],
  [
    'coattention.out.1',
    'Co-attention, scale 1',
    'features',
    'The region after it has looked at the wide one',
  ],
  [
    'coattention.out.3',
    'Co-attention, scale 2',
    'features',
    'The wide region after it has looked at the first',
  ],
  ['attention.in', 'Before self-attention', 'features', 'Coarse and region features, joined'],
  ['attention.out', 'After self-attention', 'features', 'With what each pixel took from the attractors'],
  ['fused', 'Fused', 'features', 'What the fine heat map is made of'],
  ['heatmap_roi', 'Fine heat map', 'heat', 'Its peak is the landmark'],
] as const satisfies readonly (readonly [string, string, StagePicture['kind'], string])[];

type Painter = (plane: readonly Float32Array[], pixel: number) => readonly [number, number, number];

function paint(width: number, height: number, planes: readonly Float32Array[], color: Painter) {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    pixels.set(color(planes, i), 4 * i);
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/** The channels of [1, C, H, W]. */
function planesOf({ shape, data }: Stage): Float32Array[] {
  const [, channels = 0, height = 0, width = 0] = shape;
  const size = height * width;
  return Array.from({ length: channels }, (_, c) => data.subarray(c * size, (c + 1) * size));
}

const largest = (values: Iterable<number>): number => {
  let max = 0;
  for (const value of values) if (value > max && value < Number.POSITIVE_INFINITY) max = value;
  return max;
};

/** Undoes the normalisation; the network's channels are blue, green, red. */
const asPicture =
  ({ mean, std }: ZianConfig): Painter =>
  ([blue, green, red], i) => [
    255 * ((red?.[i] ?? 0) * std[2] + mean[2]),
    255 * ((green?.[i] ?? 0) * std[1] + mean[1]),
    255 * ((blue?.[i] ?? 0) * std[0] + mean[0]),
  ];

/** From the colour of nothing to that of the largest value. */
function asHeat(values: Float32Array): Painter {
  const max = largest(values);
  return (_, i) => (max > 0 ? heatColor(Math.max(0, values[i] ?? 0) / max) : [0, 0, 0]);
}

/** Root mean square over the channels: how much goes on at each pixel. */
function energy(planes: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array()] = planes;
  const out = new Float32Array(first.length);
  for (const plane of planes)
    for (const [i, value] of plane.entries()) out[i] = (out[i] ?? 0) + value * value;
  return out.map((sum) => Math.sqrt(sum / Math.max(1, planes.length)));
}

/** Pictures of the stages that this model has. */
export function stagePictures(
  stages: ReadonlyMap<string, Stage>,
  config: ZianConfig,
  { selfAttention }: Architecture,
): StagePicture[] {
  return SHOWN.flatMap(([name, title, kind, what]) => {
    const stage = stages.get(name);
    // Without self-attention the tensor before it goes straight on.
    if (!stage || (!selfAttention && name.startsWith('attention.'))) return [];
    const [, channels = 0, height = 0, width = 0] = stage.shape;
    const planes = planesOf(stage);
    const values = kind === 'features' ? energy(planes) : (planes[0] ?? new Float32Array());
    const pixels = paint(width, height, planes, kind === 'input' ? asPicture(config) : asHeat(values));
    const note =
      kind === 'features'
        ? `${what}: root mean square of ${channels} channels, up to ${largest(values).toPrecision(3)}`
        : kind === 'heat'
          ? `${what}: up to ${largest(values).toPrecision(3)}`
          : what;
    return [{ stage: name, title, note, kind, width, height, pixels }];
  });
}
