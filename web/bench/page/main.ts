import { byId, save } from '../../page/dom.js';
import { startThemeSwitch } from '../../page/theme-switch.js';
import type { BenchMessage, BenchRequest } from '../../shared/bench-messages.js';
import { type BenchFindings, findingSections, findingsJson } from './report.js';
import { sectionView } from './section-view.js';

const button = (id: string): HTMLButtonElement => byId(id, HTMLButtonElement);
const results = byId('bench-results', HTMLElement);
const progress = byId('bench-progress', HTMLElement);
const failure = byId('bench-error', HTMLElement);

let findings: BenchFindings = { kernels: [] };
let asked: BenchRequest = { quick: true };
let worker: Worker | undefined;

function wanted(): BenchRequest {
  const model = byId('bench-model', HTMLSelectElement).value;
  return {
    quick: byId('bench-quick', HTMLInputElement).checked,
    ...(byId('bench-kernels', HTMLInputElement).checked
      ? { kernels: byId('bench-filter', HTMLInputElement).value.trim() }
      : {}),
    ...(model === 'narrow' || model === 'full-refuge' ? { model } : {}),
  };
}

function show(change: Partial<BenchFindings>): void {
  findings = { ...findings, ...change };
  results.replaceChildren(...findingSections(findings).map(sectionView));
  button('bench-save').disabled = findings.kernels.length === 0 && findings.model === undefined;
}

function showNote(note: string, done: number, total: number): void {
  byId('bench-note', HTMLElement).textContent = total > 0 ? `${note} (${done + 1} of ${total})` : note;
  const bar = byId('bench-bar', HTMLProgressElement);
  if (total > 0) {
    bar.max = total;
    bar.value = done;
  } else bar.removeAttribute('value');
}

function end(why?: string): void {
  worker?.terminate();
  worker = undefined;
  progress.hidden = true;
  button('bench-start').disabled = false;
  button('bench-cancel').disabled = true;
  failure.hidden = why === undefined;
  failure.textContent = why ?? '';
}

function hear(message: BenchMessage): void {
  if ('device' in message) show({ device: message.device });
  else if ('note' in message) showNote(message.note, message.done, message.total);
  else if ('roofline' in message) show({ roofline: message.roofline });
  else if ('kernel' in message) show({ kernels: [...findings.kernels, message.kernel] });
  else if ('model' in message) show({ model: message.model });
  else end('failed' in message ? message.failed : undefined);
}

function start(): void {
  const request = wanted();
  if (request.kernels === undefined && request.model === undefined) {
    end('There is nothing to measure: choose kernels or a network.');
    return;
  }
  end();
  asked = request;
  findings = { kernels: [] };
  show({});
  progress.hidden = false;
  showNote('Opening the GPU', 0, 0);
  button('bench-start').disabled = true;
  button('bench-cancel').disabled = false;
  worker = new Worker('bench-worker.js', { type: 'module', name: 'zian-bench' });
  worker.addEventListener('message', ({ data }: MessageEvent<BenchMessage>) => hear(data));
  worker.addEventListener('error', ({ message }) =>
    end(`The bench's worker failed: ${message || 'its script could not be loaded'}.`),
  );
  worker.postMessage(asked);
}

startThemeSwitch();
byId('bench-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  start();
});
// What was measured so far stays, and can be saved.
button('bench-cancel').addEventListener('click', () => end());
button('bench-save').addEventListener('click', () =>
  save(new Blob([findingsJson(asked, findings)], { type: 'application/json' }), 'zian-bench.json'),
);
