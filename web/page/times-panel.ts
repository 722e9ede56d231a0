import type { StageTime } from '../shared/messages.js';
import { byId, el, term } from './dom.js';
import { duration } from './format.js';
import type { PictureItem } from './pictures.js';

/** Bars of shares, longest is the whole width. */
function bars(times: readonly StageTime[]): HTMLElement {
  const longest = Math.max(...times.map(({ milliseconds }) => milliseconds), 1e-9);
  return el(
    'dl',
    { class: 'bars' },
    ...times.flatMap(({ name, milliseconds, dispatches }) => {
      const fill = el('span', { class: 'bar-fill' });
      fill.style.width = `${(100 * milliseconds) / longest}%`;
      return [
        el('dt', {}, name),
        el('dd', { class: 'bar-track', 'aria-hidden': 'true' }, fill),
        el('dd', { class: 'bar-value' }, `${duration(milliseconds)} · ${dispatches}`),
      ];
    }),
  );
}

/** The selected picture's times, and those of the stages where they were measured. */
export function showTimes(item: PictureItem | undefined, stages: readonly StageTime[] | undefined): void {
  const box = byId('times', HTMLElement);
  const outcome = item?.outcome;
  if (!outcome) {
    box.replaceChildren(el('p', { class: 'muted' }, 'Times of the picture that was run last.'));
    return;
  }
  const { decode, preprocess, network, total } = outcome.milliseconds;
  const facts = el(
    'dl',
    { class: 'facts' },
    ...term('Decoding', duration(decode)),
    ...term('Upload and tables', duration(preprocess)),
    ...term('Network', `${duration(network)}, from the submit to the result`),
    ...term('In all', duration(total)),
  );
  const sum = stages?.reduce((all, { milliseconds }) => all + milliseconds, 0) ?? 0;
  const measured = stages
    ? [
        bars(stages),
        el(
          'p',
          { class: 'hint' },
          `GPU time by timestamps, and number of dispatches; ${duration(sum)} in all. Every dispatch is a pass of its own here, which is slower than a run, and browsers round timestamps to about 0.1 ms, so small stages are inexact.`,
        ),
      ]
    : [];
  box.replaceChildren(facts, ...measured);
}
