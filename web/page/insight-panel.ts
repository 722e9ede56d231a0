import { heatColor } from '../../src/zian/overlay/colormap.js';
import type { Insight, PixelAttention, StagePicture } from '../shared/messages.js';
import { byId, el } from './dom.js';
import { plural } from './format.js';

function pictureOf({ width, height, pixels, title, note, stage }: StagePicture): HTMLElement {
  const canvas = el('canvas', { width, height, role: 'img', 'aria-label': `${title}: ${note}` });
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return el(
    'figure',
    {},
    canvas,
    el(
      'figcaption',
      {},
      el('strong', {}, title),
      el('span', {}, `${note}. `, el('code', {}, `${stage}, ${width} × ${height}`)),
    ),
  );
}

function drawAttention(
  canvas: HTMLCanvasElement,
  region: StagePicture,
  map: Float32Array,
  side: number,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const max = map.reduce((largest, value) => Math.max(largest, value), 0);
  const shown = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    const share = max > 0 ? (map[i] ?? 0) / max : 0;
    const heat = heatColor(share);
    for (let c = 0; c < 3; c++) {
      // The region in grey below, so that colour means attention alone.
      const grey =
        0.3 * (region.pixels[4 * i] ?? 0) +
        0.59 * (region.pixels[4 * i + 1] ?? 0) +
        0.11 * (region.pixels[4 * i + 2] ?? 0);
      shown.data[4 * i + c] = (1 - 0.85 * share) * 0.8 * grey + 0.85 * share * (heat[c] ?? 0);
    }
    shown.data[4 * i + 3] = 255;
  }
  context.putImageData(shown, 0, 0);
}

const EXPLANATION =
  'Choose a pixel of the first region: click, or give its place. The network does not compare pixels with pixels: each pixel reads from a few learnt attractors, which have read from all pixels. The maps show both steps multiplied, one map per mode. There is a small network between the steps, so they tell where the pixel looks, and not what it takes from there. As in the reference, what comes out is added at the transposed place.';

/** Asks for the attention of a chosen pixel and shows it. */
function attentionPart(
  region: StagePicture,
  side: number,
  ask: (x: number, y: number) => Promise<PixelAttention>,
): HTMLElement {
  const pick = el('canvas', {
    width: side,
    height: side,
    class: 'pick',
    role: 'img',
    'aria-label': 'The first region; a click chooses a pixel',
  });
  const field = (name: string): HTMLInputElement =>
    el('input', {
      type: 'number',
      min: 0,
      max: side - 1,
      value: side / 2,
      'aria-label': `${name} of the pixel in the region`,
    });
  const [fieldX, fieldY] = [field('x'), field('y')];
  const picked = el('figure', {}, pick, el('figcaption', {}, el('strong', {}, 'Region, scale 1')));
  const maps = el('div', { class: 'maps' }, picked);
  const words = el('p', { class: 'hint', role: 'status' });

  const drawPick = (x: number, y: number): void => {
    const context = pick.getContext('2d');
    if (!context) return;
    context.putImageData(new ImageData(region.pixels, side, side), 0, 0);
    context.fillStyle = '#fff';
    context.fillRect(x, y, 1, 1);
    context.strokeStyle = '#000';
    context.strokeRect(x - 1.5, y - 1.5, 4, 4);
    context.strokeStyle = '#fff';
    context.strokeRect(x - 2.5, y - 2.5, 6, 6);
  };
  const clamp = (value: number): number => Math.min(side - 1, Math.max(0, Math.round(value) || 0));
  let latest = 0;
  const choose = async (x: number, y: number): Promise<void> => {
    latest += 1;
    const own = latest;
    fieldX.value = String(x);
    fieldY.value = String(y);
    drawPick(x, y);
    const found = await ask(x, y);
    if (own !== latest) return;
    maps.replaceChildren(
      picked,
      ...found.modes.map((map, mode) => {
        const canvas = el('canvas', {
          width: side,
          height: side,
          role: 'img',
          'aria-label': `Attention of pixel ${x}, ${y}, mode ${mode + 1}`,
        });
        drawAttention(canvas, region, map, side);
        return el(
          'figure',
          {},
          canvas,
          el(
            'figcaption',
            {},
            el('strong', {}, `Mode ${mode + 1}`),
            el('span', {}, `${plural(found.attractors[mode] ?? 0, 'attractor')} carry 90 % of the weight`),
          ),
        );
      }),
    );
    words.textContent = `Pixel (${x}, ${y}); what it gathers is added at (${found.addedAt.x}, ${found.addedAt.y}).`;
  };
  pick.addEventListener('click', (event) => {
    const { left, top, width, height } = pick.getBoundingClientRect();
    void choose(
      clamp(Math.floor(((event.clientX - left) / width) * side)),
      clamp(Math.floor(((event.clientY - top) / height) * side)),
    );
  });
  for (const input of [fieldX, fieldY])
    input.addEventListener(
      'change',
      () => void choose(clamp(fieldX.valueAsNumber), clamp(fieldY.valueAsNumber)),
    );
  void choose(side / 2, side / 2);
  return el(
    'div',
    { class: 'attention' },
    el('h3', {}, 'Attention of a pixel'),
    el('p', { class: 'hint' }, EXPLANATION),
    el('div', { class: 'pixel' }, el('span', {}, 'Pixel'), fieldX, fieldY, words),
    maps,
  );
}

/** Shows what the stages got and gave. */
export function showInsight(insight: Insight, ask: (x: number, y: number) => Promise<PixelAttention>): void {
  const { pictures, attentionSide } = insight;
  const region = pictures.find(({ stage }) => stage === 'input_roi_1');
  byId('insight', HTMLElement).replaceChildren(
    el('div', { class: 'stages' }, ...pictures.map(pictureOf)),
    ...(attentionSide !== undefined && region?.width === attentionSide
      ? [attentionPart(region, attentionSide, ask)]
      : []),
  );
}

export function clearInsight(): void {
  byId('insight', HTMLElement).replaceChildren();
}
