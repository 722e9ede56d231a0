import type { ModelSummary } from '../shared/messages.js';
import { byId, el, term } from './dom.js';
import type { ModelState } from './engine.js';
import { bytes, count, duration } from './format.js';
import type { ListedModel } from './models.js';

const size = ([width, height]: readonly [number, number]): string => `${width} × ${height}`;

function facts(summary: ModelSummary): HTMLElement {
  const { config, memory } = summary;
  const { weights, activations, inputsAndOutputs } = memory;
  return el(
    'dl',
    { class: 'facts' },
    ...term('File', `${summary.name}, ${bytes(summary.bytes)}`),
    ...term(
      'Configuration',
      `${config.dataset}, picture ${size(config.imageSize)}, crop ${size(config.cropSize)}`,
    ),
    ...term(
      'Made ready in',
      `${duration(summary.milliseconds)}, ${count(summary.dispatches)} dispatches a picture`,
    ),
    ...term(
      'GPU memory',
      `${bytes(weights + activations + inputsAndOutputs)}: weights ${bytes(weights)}, activations ${bytes(activations)}, inputs and outputs ${bytes(inputsAndOutputs)}`,
    ),
    ...term('Checkpoint', `SHA-256 ${summary.checkpointSha256.slice(0, 16)}…`),
  );
}

function content(state: ModelState): HTMLElement {
  if (state.state === 'ready') return facts(state.summary);
  if (state.state === 'failed') return el('p', { class: 'error' }, state.why);
  return el(
    'p',
    { class: 'muted' },
    state.state === 'loading' ? `Loading ${state.choice.label}…` : 'Not loaded.',
  );
}

/** The model's facts, and what can be done with it. */
export function showModel(state: ModelState, chosen: ListedModel | undefined): void {
  byId('model-card', HTMLElement).replaceChildren(content(state));
  const scan = state.state === 'ready' && state.summary.config.dataset === 'age';
  byId('scan-option', HTMLElement).hidden = !scan;
  const notice = state.state === 'ready' ? state.summary.notice : undefined;
  const shown = byId('model-notice', HTMLElement);
  // Not while another model is loading, so that the page does not jump.
  if (state.state === 'ready' || state.state === 'failed') {
    shown.hidden = notice === undefined;
    shown.textContent = notice ?? '';
  }
  byId('keep-model', HTMLButtonElement).disabled = chosen?.origin !== 'opened';
  byId('save-model', HTMLButtonElement).disabled = chosen === undefined || chosen.origin === 'bundled';
  byId('forget-model', HTMLButtonElement).hidden = chosen?.origin !== 'kept';
}

/** The list of models to choose from. */
export function showModels(models: readonly ListedModel[], chosen: ListedModel | undefined): void {
  const groups = [
    ['Bundled, for demonstration', 'bundled'],
    ['Opened', 'opened'],
    ['Kept in this browser', 'kept'],
  ] as const;
  const select = byId('model', HTMLSelectElement);
  select.replaceChildren(
    ...groups.flatMap(([label, origin]) => {
      const own = models.filter((model) => model.origin === origin);
      if (own.length === 0) return [];
      return [
        el('optgroup', { label }, ...own.map((model) => el('option', { value: model.id }, model.label))),
      ];
    }),
  );
  if (chosen) select.value = chosen.id;
}
