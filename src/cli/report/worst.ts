import { type LandmarkError, type LandmarkTable, matchNames, withOrigin } from '../../landmarks/index.js';
import { type ImageEntry, tableNames } from '../../node/find-images.js';
import { readImageFile } from '../../node/images/decode.js';
import { encodePng } from '../../node/images/encode.js';
import type { Point } from '../../zian/coordinates.js';
import type { RgbaImage } from '../../zian/image.js';
import { scaleForDisplay } from '../../zian/overlay/scale.js';
import { element, escapeMarkup, type Markup } from './markup.js';

/** Side of a shown piece of an image, in pixels of the report. */
const SIDE = 300;

/** A square piece of an image. */
interface Piece {
  readonly image: RgbaImage;
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** The square around both points, with their surroundings; what lies outside the image is black. */
function pieceAround(image: RgbaImage, a: Point, b: Point): Piece {
  const distance = Math.hypot(a.x - b.x, a.y - b.y);
  const side = Math.round(Math.min(Math.max(image.width, image.height), 2.2 * distance + 0.3 * image.width));
  const left = Math.round((a.x + b.x) / 2 - side / 2);
  const top = Math.round((a.y + b.y) / 2 - side / 2);
  const data = new Uint8Array(4 * side * side);
  for (let y = 0; y < side; y++) {
    const row = top + y;
    const from = Math.max(0, left);
    const to = Math.min(image.width, left + side);
    if (row < 0 || row >= image.height || to <= from) continue;
    const start = 4 * (row * image.width + from);
    data.set(image.data.subarray(start, start + 4 * (to - from)), 4 * (y * side + from - left));
  }
  return { image: { width: side, height: side, data }, left, top, side };
}

const dataUrl = (image: RgbaImage): string =>
  `data:image/png;base64,${Buffer.from(encodePng(image)).toString('base64')}`;

/** The piece with a cross at the true place and a ring at the one found. */
function picture(image: RgbaImage, place: Point, guess: Point): Markup {
  const piece = pieceAround(image, place, guess);
  const shown = scaleForDisplay(piece.image, SIDE, SIDE);
  const at = ({ x, y }: Point): Point => ({
    x: ((x + 0.5 - piece.left) / piece.side) * SIDE,
    y: ((y + 0.5 - piece.top) / piece.side) * SIDE,
  });
  const [truth, found] = [at(place), at(guess)];
  const cross = `M${truth.x.toFixed(1)} ${(truth.y - 9).toFixed(1)}v18M${(truth.x - 9).toFixed(1)} ${truth.y.toFixed(1)}h18`;
  const ring = { cx: found.x, cy: found.y, r: 8 };
  return element(
    'svg',
    {
      viewBox: `0 0 ${SIDE} ${SIDE}`,
      role: 'img',
      'aria-label': 'true place (cross) and place found (ring)',
    },
    element('image', { href: dataUrl(shown), width: SIDE, height: SIDE }),
    element('line', { class: 'between', x1: truth.x, y1: truth.y, x2: found.x, y2: found.y }),
    element('path', { class: 'under', d: cross }),
    element('circle', { class: 'under', ...ring }),
    element('path', { class: 'truth', d: cross }),
    element('circle', { class: 'found', ...ring }),
  );
}

export interface WorstCases {
  readonly errors: readonly LandmarkError[];
  readonly truth: LandmarkTable;
  /** Images to show; without them there is text alone. */
  readonly images: readonly ImageEntry[];
  /** Takes what is wrong with an image that cannot be shown. */
  readonly onProblem: (message: string) => void;
}

/** Figures of the landmarks with the largest errors, worst first. */
export async function worstCases({ errors, truth, images, onProblem }: WorstCases): Promise<Markup> {
  const names = tableNames(images);
  const { found } = matchNames(
    errors.map(({ name }) => name),
    names,
    { truth: truth.source, predicted: 'the images' },
  );
  const paths = new Map(names.map((name, i) => [name, images[i]?.path]));
  const rows = new Map(withOrigin(truth, 0).rows.map((row) => [row.name, row]));
  const figures: Markup[] = [];
  for (const { name, side, dx, dy, distance } of errors) {
    const place = rows.get(name)?.points[side];
    const path = paths.get(found.get(name) ?? '');
    let shown = '';
    if (place !== undefined && path !== undefined) {
      try {
        shown = picture(await readImageFile(path), place, { x: place.x + dx, y: place.y + dy });
      } catch (error) {
        onProblem(error instanceof Error ? error.message : String(error));
      }
    }
    const which = truth.sides === 2 ? (side === 0 ? ', left' : ', right') : '';
    const caption = `<strong>${distance.toFixed(1)} px</strong> ${escapeMarkup(name)}${which}<br>${describeOffset(dx, dy)}`;
    figures.push(element('figure', {}, shown, element('figcaption', {}, caption)));
  }
  return element('div', { class: 'cases' }, ...figures);
}

const describeOffset = (dx: number, dy: number): string =>
  `${Math.abs(dx).toFixed(1)} to the ${dx < 0 ? 'left' : 'right'}, ${Math.abs(dy).toFixed(1)} ${dy < 0 ? 'up' : 'down'}`;
