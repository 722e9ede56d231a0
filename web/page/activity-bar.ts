import type { CallProgress } from '../shared/messages.js';
import type { Activities } from './activity.js';
import { byId } from './dom.js';
import { bytes, count } from './format.js';

const STAGES: Readonly<Record<CallProgress['stage'], string>> = {
  device: 'opening the GPU',
  fetch: 'fetching the model',
  weights: 'uploading weights',
  tuning: 'measuring kernels',
  pipelines: 'compiling shaders',
  decode: 'decoding',
  network: 'running the network',
  stages: 'compiling and running with every stage kept',
  read: 'reading the checkpoint',
  hash: 'hashing the checkpoint',
  convert: 'converting tensors',
  draw: 'drawing',
};

function detailOf({ stage, done, total, unit }: CallProgress): string {
  const words = STAGES[stage];
  if (total === 0) return words;
  return unit === 'bytes'
    ? `${words}, ${bytes(done)} of ${bytes(total)}`
    : `${words}, ${count(done)} of ${count(total)}`;
}

/** Shows what the page is doing, how far it is, and the button that cancels it. */
export function startActivityBar({ current }: Activities): void {
  const bar = byId('activity', HTMLElement);
  const title = byId('activity-title', HTMLElement);
  const detail = byId('activity-detail', HTMLElement);
  const progress = byId('activity-progress', HTMLProgressElement);
  const cancel = byId('activity-cancel', HTMLButtonElement);
  cancel.addEventListener('click', () => current.value?.cancel());
  document.addEventListener('keydown', (event) => {
    const inDialog = document.querySelector('dialog[open]') !== null;
    if (event.key === 'Escape' && !inDialog) current.value?.cancel();
  });
  current.watch((activity) => {
    const hadFocus = document.activeElement === cancel;
    bar.hidden = activity === undefined;
    // Focus must not be lost with the button that had it.
    if (!activity && hadFocus) byId('stage', HTMLElement).focus({ preventScroll: true });
    if (!activity) return;
    title.textContent = activity.title;
    const shown = activity.progress;
    detail.textContent = shown ? detailOf(shown) : '';
    if (shown && shown.total > 0) {
      progress.max = shown.total;
      progress.value = shown.done;
    } else progress.removeAttribute('value');
  });
}
