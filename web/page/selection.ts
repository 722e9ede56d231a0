import { asBitmap, decodeNamed } from '../shared/decode.js';
import { type Activities, unlessCancelled } from './activity.js';
import { byId, save } from './dom.js';
import { type Engine, messageOf } from './engine.js';
import { startLayers } from './layers.js';
import { announce, notify } from './notices.js';
import type { PictureItem, Pictures } from './pictures.js';
import { asText, showResult, spoken } from './result-panel.js';
import { Viewer } from './viewer/viewer.js';

const MOST_BITMAPS = 4;

/** Decoded pictures, for looking at: as the worker decodes them, so that landmarks lie where they were found. */
class Bitmaps {
  readonly #made = new Map<number, Promise<ImageBitmap>>();

  of({ id, name, blob }: PictureItem): Promise<ImageBitmap> {
    const known = this.#made.get(id) ?? decodeNamed(name, blob).then(asBitmap);
    this.#made.delete(id);
    this.#made.set(id, known);
    for (const oldest of [...this.#made.keys()].slice(0, -MOST_BITMAPS)) {
      void this.#made.get(oldest)?.then(
        (bitmap) => bitmap.close(),
        () => undefined,
      );
      this.#made.delete(oldest);
    }
    return known;
  }
}

/** Shows the selected picture with its layers and its result. */
export function startSelection(pictures: Pictures, engine: Engine, activities: Activities): void {
  const look = startLayers();
  const viewer = new Viewer(look.value);
  const bitmaps = new Bitmaps();
  look.watch((next) => viewer.look(next));
  let shown: PictureItem | undefined;

  const showPicture = async (item: PictureItem): Promise<void> => {
    let bitmap: ImageBitmap;
    try {
      bitmap = await bitmaps.of(item);
    } catch {
      // The engine says why it cannot be read.
      if (shown === item) viewer.show(undefined, item.name);
      return;
    }
    if (shown !== item) return;
    const found = pictures.findings(item.id) ?? item.outcome?.findings ?? [];
    viewer.show({ bitmap, findings: found, truth: item.truth ?? [] }, spoken(item) || item.name);
  };

  const show = (): void => {
    const item = pictures.current;
    if (item === shown) return;
    const before = shown;
    shown = item;
    byId('viewer-name', HTMLElement).textContent = item?.name ?? 'No picture yet';
    showResult(item);
    for (const id of ['save-overlay', 'copy-landmark'])
      byId(id, HTMLButtonElement).disabled = item?.outcome === undefined;
    if (item) void showPicture(item);
    else viewer.show(undefined, 'No picture yet');
    if (item?.state === 'done' && before?.state !== 'done') announce(spoken(item));
    if (item?.state === 'failed' && before?.state !== 'failed') announce(`${item.name}: ${item.why}`);
  };
  pictures.items.watch(show);
  pictures.selected.watch(show);
  startActions(pictures, engine, activities);
}

function startActions(pictures: Pictures, engine: Engine, activities: Activities): void {
  byId('save-overlay', HTMLButtonElement).addEventListener('click', () => {
    const item = pictures.current;
    const findings = item && pictures.findings(item.id);
    if (!item || !findings) return;
    const { name, blob } = item;
    void unlessCancelled(
      activities.run(`Drawing ${name}`, async (context) => {
        context.onProgress({ stage: 'draw', done: 0, total: 0, unit: 'count' });
        const drawn = await engine.plainCall('overlay', { picture: { name, blob }, findings }, context);
        const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
        save(drawn, `${base}-overlay.png`);
      }),
      (error) => notify(messageOf(error), { kind: 'bad' }),
    );
  });
  byId('copy-landmark', HTMLButtonElement).addEventListener('click', async () => {
    const item = pictures.current;
    if (!item) return;
    try {
      await navigator.clipboard.writeText(asText(item));
      announce('Coordinates copied.');
      notify('Coordinates copied.', { kind: 'good' });
    } catch {
      notify('The browser did not allow copying; the coordinates can be selected with the mouse.');
    }
  });
}
