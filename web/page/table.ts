import { byId, el, save } from './dom.js';
import { type ChallengeFormat, fittingFormats, resultsCsv } from './export/csv.js';
import { resultsJson } from './export/json.js';
import { duration, pixels, plural } from './format.js';
import { notify } from './notices.js';
import type { FindingSummary, PictureItem, Pictures } from './pictures.js';

const STATES: Readonly<Record<PictureItem['state'], string>> = {
  waiting: 'waiting',
  running: 'running…',
  done: 'done',
  failed: 'failed',
  stopped: 'stopped',
};

type Cells = readonly [x: string, y: string, peak: string, margin: string, time: string];

/** A scan's landmarks stand one above the other. */
function cellsOf({ outcome }: PictureItem): Cells {
  if (!outcome) return ['', '', '', '', ''];
  const { findings } = outcome;
  const lines = (text: (finding: FindingSummary) => string): string => findings.map(text).join('\n');
  return [
    lines(({ result }) => pixels(result.landmark.x)),
    lines(({ result }) => pixels(result.landmark.y)),
    lines(({ result }) => result.peak.fine.toFixed(3)),
    lines(({ result }) => result.margin.fine.toPrecision(2)),
    duration(outcome.milliseconds.total),
  ];
}

/** One row of the table, changed in place so that focus stays where it is. */
class Row {
  readonly element: HTMLTableRowElement;
  readonly #link = el('button', { type: 'button', class: 'picture-link' });
  readonly #image = el('img', { alt: '', hidden: true });
  readonly #blank = el('span', { class: 'blank' });
  readonly #state = el('td', { class: 'state' });
  readonly #numbers = Array.from({ length: 5 }, () => el('td', { class: 'number' }));
  #shown: PictureItem | undefined;

  constructor(item: PictureItem, pictures: Pictures) {
    this.#link.append(this.#image, this.#blank, el('span', {}, item.name));
    this.#link.addEventListener('click', () => pictures.select(item.id));
    const remove = el(
      'button',
      { type: 'button', class: 'remove', 'aria-label': `Remove ${item.name}` },
      '×',
    );
    remove.addEventListener('click', () => pictures.remove(item.id));
    this.element = el(
      'tr',
      {},
      el('th', { scope: 'row' }, this.#link),
      this.#state,
      ...this.#numbers,
      el('td', {}, remove),
    );
  }

  /** @param naming whether results say which model found them */
  update(item: PictureItem, current: boolean, naming: boolean): void {
    if (current) this.element.setAttribute('aria-current', 'true');
    else this.element.removeAttribute('aria-current');
    const model = item.state === 'done' && naming ? `, by ${item.outcome?.model}` : '';
    const why = item.state === 'failed' ? `: ${item.why}` : '';
    this.#state.textContent = `${STATES[item.state]}${why}${model}`;
    if (item === this.#shown) return;
    this.#shown = item;
    if (item.thumbnail) this.#image.src = item.thumbnail;
    this.#image.hidden = item.thumbnail === undefined;
    this.#blank.hidden = item.thumbnail !== undefined;
    this.#state.className = `state state-${item.state}`;
    for (const [i, text] of cellsOf(item).entries()) {
      const cell = this.#numbers[i];
      if (cell) cell.textContent = text;
    }
  }
}

/** The list of all pictures, and what can be saved of it. */
export function startTable(pictures: Pictures): void {
  const body = byId('pictures', HTMLTableElement).tBodies[0];
  if (!body) throw new Error('the table has no body');
  const rows = new Map<number, Row>();
  const empty = el(
    'tr',
    { class: 'empty-row' },
    el('td', { colspan: 8 }, 'Pictures that you open are listed here with their landmarks.'),
  );

  const show = (): void => {
    const items = pictures.items.value;
    for (const [id, row] of rows)
      if (!items.some((item) => item.id === id)) {
        row.element.remove();
        rows.delete(id);
      }
    const models = new Set(items.flatMap(({ outcome }) => outcome?.model ?? []));
    for (const item of items) {
      let row = rows.get(item.id);
      if (!row) {
        row = new Row(item, pictures);
        rows.set(item.id, row);
        body.append(row.element);
      }
      row.update(item, item.id === pictures.selected.value, models.size > 1);
    }
    if (items.length === 0) body.append(empty);
    else empty.remove();
    showActions(items);
  };
  pictures.items.watch(show);
  pictures.selected.watch(show);
  startActions(pictures);
}

const button = (id: string): HTMLButtonElement => byId(id, HTMLButtonElement);
const formats = (): HTMLSelectElement => byId('csv-format', HTMLSelectElement);

function showActions(items: readonly PictureItem[]): void {
  const done = items.filter(({ outcome }) => outcome !== undefined);
  const failed = items.filter(({ state }) => state === 'failed').length;
  byId('table-count', HTMLElement).textContent =
    items.length === 0
      ? ''
      : `${plural(items.length, 'picture')}, ${done.length} done${failed > 0 ? `, ${failed} failed` : ''}`;
  button('save-csv').disabled = done.length === 0;
  button('save-json').disabled = done.length + failed === 0;
  button('run-all').disabled = items.length === 0;
  button('clear-table').disabled = items.length === 0;
  button('run-rest').hidden = !items.some(({ state }) => state === 'stopped' || state === 'failed');
  const fitting = fittingFormats(done.at(-1)?.outcome?.findings.length ?? 1);
  const shown = [...formats().options].map(({ value }) => value).join();
  if (shown !== fitting.join())
    formats().replaceChildren(
      ...fitting.map((format) => el('option', { value: format }, `${format.toUpperCase()} format`)),
    );
}

function startActions(pictures: Pictures): void {
  const chosen = (): ChallengeFormat =>
    [...fittingFormats(1), ...fittingFormats(2)].find((format) => format === formats().value) ?? 'refuge';
  button('save-csv').addEventListener('click', () => {
    const whole = byId('csv-round', HTMLInputElement).checked;
    const text = resultsCsv(pictures.items.value, chosen(), whole);
    if (text === undefined) notify('No picture has a result that fits this format.');
    else save(new Blob([text], { type: 'text/csv' }), `landmarks-${chosen()}.csv`);
  });
  button('save-json').addEventListener('click', () =>
    save(new Blob([resultsJson(pictures.items.value)], { type: 'application/json' }), 'landmarks.json'),
  );
  button('run-all').addEventListener('click', () => pictures.run(pictures.items.value.map(({ id }) => id)));
  button('run-rest').addEventListener('click', () =>
    pictures.run(
      pictures.items.value
        .filter(({ state }) => state === 'stopped' || state === 'failed')
        .map(({ id }) => id),
    ),
  );
  button('clear-table').addEventListener('click', () => pictures.clear());
}
