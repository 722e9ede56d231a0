import type { Confidence, Side } from '../shared/messages.js';
import { byId, el, term } from './dom.js';
import { percent, pixels } from './format.js';
import type { FindingSummary, PictureItem } from './pictures.js';

const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number =>
  Math.hypot(a.x - b.x, a.y - b.y);

const SIDES = { left: 'Left half', right: 'Right half' } as const;

function findingPart(
  { side, result, confidence }: FindingSummary,
  truth: { x: number; y: number } | undefined,
): HTMLElement {
  const { landmark, coarse, peak, margin } = result;
  const facts = el(
    'dl',
    { class: 'facts' },
    ...(confidence ? term('Confidence', percent(confidence.probability)) : []),
    ...term('Peak', peak.fine.toPrecision(3)),
    ...term('Margin', margin.fine.toPrecision(3)),
    ...term('Coarse estimate', `${pixels(coarse.x)}, ${pixels(coarse.y)}`),
    ...term('Coarse to fine', `${distance(landmark, coarse).toFixed(1)} px`),
    ...(truth ? term('From the true place', `${distance(landmark, truth).toFixed(1)} px`) : []),
  );
  return el(
    'div',
    { class: 'result' },
    ...(side ? [el('h3', {}, SIDES[side])] : []),
    el(
      'p',
      { class: 'coordinates' },
      el('b', {}, el('span', {}, 'x '), pixels(landmark.x)),
      el('b', {}, el('span', {}, 'y '), pixels(landmark.y)),
      el('span', {}, 'px'),
    ),
    facts,
  );
}

const READING =
  'Coordinates are pixels of the original picture, counted from 0 at the centre of its first pixel. The peak is the heat map’s largest value: the network was trained towards 1 at the landmark, so a low peak means little certainty. The margin is the distance to the second largest value; neither is a probability.';

const confidenceReading = ({ limit }: Confidence, side: Side | undefined): string =>
  `The confidence says how often a landmark with such heat maps was at most ${Number((limit * 100).toFixed(2))} % of the ${side ? 'half’s' : 'picture’s'} width off, on the generated pictures that the bundled model was calibrated with. It promises nothing for pictures of another kind.`;

/** The selected picture's landmark in figures. */
export function showResult(item: PictureItem | undefined): void {
  const box = byId('result', HTMLElement);
  if (!item) {
    box.replaceChildren(el('p', { class: 'muted' }, 'Open a picture to find its landmark.'));
    return;
  }
  const { outcome, state, why, truth = [] } = item;
  if (state === 'failed') {
    box.replaceChildren(el('p', { class: 'error' }, why ?? 'It failed.'));
    return;
  }
  if (!outcome) {
    const text = state === 'stopped' ? 'Not run.' : 'Being looked for…';
    box.replaceChildren(el('p', { class: 'muted' }, text));
    return;
  }
  const [first] = outcome.findings;
  box.replaceChildren(
    ...outcome.findings.map((finding, i) => findingPart(finding, truth[i])),
    el(
      'details',
      { class: 'reading' },
      el('summary', {}, 'How to read this'),
      el('p', {}, READING),
      ...(first?.confidence ? [el('p', {}, confidenceReading(first.confidence, first.side))] : []),
      el(
        'p',
        {},
        `Found by ${outcome.model}${outcome.flipTest ? ', averaged with the mirrored picture' : ''}.`,
      ),
    ),
  );
}

/** One sentence for those who hear the page. */
export function spoken({ name, outcome }: PictureItem): string {
  if (!outcome) return '';
  const places = outcome.findings.map(
    ({ side, result: { landmark, peak } }) =>
      `${side ? `${SIDES[side]}: ` : ''}x ${landmark.x.toFixed(1)}, y ${landmark.y.toFixed(1)}, peak ${peak.fine.toFixed(2)}`,
  );
  return `${name}: landmark found. ${places.join('. ')}.`;
}

/** What goes to the clipboard: a line per landmark. */
export const asText = ({ name, outcome }: PictureItem): string =>
  (outcome?.findings ?? [])
    .map(({ side, result: { landmark } }) =>
      [name, ...(side ? [side] : []), pixels(landmark.x), pixels(landmark.y)].join('\t'),
    )
    .join('\n');
