import type { ImageSource } from '../../../src/index.js';
import { modelOf } from './loading.js';
import { ResourceCount, type ResourcesLeft } from './resources.js';

/** Sizes take turns, so that what is made for a picture cannot simply be that of the picture before. */
const SIZES = [
  [272, 272],
  [400, 320],
  [560, 448],
] as const;

/** A retina of a kind: no two numbers give the same pixels. */
function drawPicture(index: number): OffscreenCanvas {
  const [width, height] = SIZES[index % SIZES.length] ?? SIZES[0];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  const disc = (x: number, y: number, radius: number, colour: string): void => {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x * width, y * height, radius * height, 0, 2 * Math.PI);
    context.fill();
  };
  const turn = 0.1 * index;
  disc(0.5, 0.5, 0.48, `rgb(${140 + (index % 100)} 70 40)`);
  disc(0.3, 0.5 + 0.1 * Math.sin(turn), 0.08, 'rgb(240 210 150)');
  disc(0.6 + 0.1 * Math.cos(turn), 0.5, 0.05, 'rgb(80 30 20)');
  return canvas;
}

const KINDS: readonly ((canvas: OffscreenCanvas) => Promise<ImageSource>)[] = [
  (canvas) => canvas.convertToBlob({ type: 'image/png' }),
  (canvas) => canvas.convertToBlob({ type: 'image/jpeg' }),
  (canvas) => createImageBitmap(canvas),
  async (canvas) => {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    return context.getImageData(0, 0, canvas.width, canvas.height);
  },
];

export interface SeriesReport extends ResourcesLeft {
  /** Where landmarks are, as x,y: of how many different places there were. */
  readonly places: number;
}

let resources: ResourceCount | undefined;

/**
 * Localises so many pictures one after the other, each of another drawing, as PNG and JPEG files, bitmaps and ImageData in turn.
 * @returns GPU resources made since the first series and left at the end of this one
 */
export async function localizeSeries(id: string, first: number, count: number): Promise<SeriesReport> {
  const zian = modelOf(id);
  resources ??= new ResourceCount(zian.device.gpu);
  const places = new Set<string>();
  for (let i = first; i < first + count; i++) {
    const source = await KINDS[i % KINDS.length]?.(drawPicture(i));
    if (!source) throw new Error('no kind');
    const { landmark } = await zian.localize(source);
    if ('close' in source) source.close();
    places.add(`${landmark.x},${landmark.y}`);
  }
  return { ...resources.left, places: places.size };
}
