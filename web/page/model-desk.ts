import type { Task } from '../shared/catalog.js';
import type { ConvertedModel } from '../shared/messages.js';
import { type Activities, unlessCancelled } from './activity.js';
import { byId, save } from './dom.js';
import { type Engine, messageOf } from './engine.js';
import type { PickedFile } from './files.js';
import { bytes } from './format.js';
import { showModel, showModels } from './model-panel.js';
import { type ListedModel, Models } from './models.js';
import { announce, notify } from './notices.js';
import type { PictureOutcome } from './pictures.js';

export interface ModelEvents {
  readonly onTask: (task: Task) => void;
  /** Another model was chosen. */
  readonly onChosen: () => void;
}

/** Choosing, opening, keeping and saving models. */
export class ModelDesk {
  readonly #models = new Models();
  readonly #engine: Engine;
  readonly #activities: Activities;
  readonly #events: ModelEvents;
  #chosen: ListedModel;
  #task: Task = 'fovea';

  constructor(engine: Engine, activities: Activities, events: ModelEvents) {
    this.#engine = engine;
    this.#activities = activities;
    this.#events = events;
    this.#chosen = this.#models.first;
  }

  /** What the chosen model is for, as far as is known: until it is loaded, what the one before was for. */
  get task(): Task {
    return this.#task;
  }

  /** Whether a result is of the model that is loaded now. */
  isLoaded({ model, checkpointSha256 }: Pick<PictureOutcome, 'model' | 'checkpointSha256'>): boolean {
    const { value } = this.#engine.model;
    return (
      value.state === 'ready' &&
      value.summary.name === model &&
      value.summary.checkpointSha256 === checkpointSha256
    );
  }

  /** Loads the first model and lists those that were kept. */
  async start(): Promise<void> {
    this.#connect();
    this.#models.list.watch((models) => showModels(models, this.#chosen));
    this.#engine.model.watch((state) => {
      showModel(state, this.#chosen);
      if (state.state !== 'ready') return;
      announce(`Model ready: ${state.choice.label}`);
      this.#setTask(state.summary.config.dataset === 'age' ? 'scleral-spur' : 'fovea');
    });
    this.#engine.choose(this.#chosen);
    // Some private modes have no place to keep models; whoever wants to keep one is told.
    void this.#models.findKept().catch(() => undefined);
    await this.#load();
  }

  /** Takes in a model file and uses it. */
  open(name: string, blob: Blob): void {
    this.#choose(this.#models.open(name, blob));
  }

  takeConverted({ path }: PickedFile, { blob, unknownKeys }: ConvertedModel): void {
    const name = `${path.slice(path.lastIndexOf('/') + 1).replace(/\.(pth|pt|tar|bin)$/i, '')}.safetensors`;
    const opened = this.#models.open(name, blob);
    const unknown =
      unknownKeys.length > 0
        ? ` The experiment file has keys that are not known here: ${unknownKeys.join(', ')}.`
        : '';
    notify(`${path} was converted to ${name}, ${bytes(blob.size)}.${unknown}`, {
      kind: 'good',
      action: { label: 'Keep in this browser', run: () => this.#keep(opened) },
    });
    this.#choose(opened);
  }

  #connect(): void {
    const select = byId('model', HTMLSelectElement);
    select.addEventListener('change', () => {
      const model = this.#models.find(select.value);
      if (model) this.#choose(model);
    });
    const click = (id: string, run: () => void): void =>
      byId(id, HTMLButtonElement).addEventListener('click', run);
    click('keep-model', () => this.#keep(this.#chosen));
    click('save-model', () => {
      const { source } = this.#chosen;
      if (source.kind === 'file') save(source.blob, source.name);
    });
    click('forget-model', () => void this.#forget(this.#chosen));
  }

  #setTask(task: Task): void {
    if (task === this.#task) return;
    this.#task = task;
    this.#events.onTask(task);
  }

  #choose(model: ListedModel): void {
    this.#chosen = model;
    showModels(this.#models.list.value, model);
    this.#engine.choose(model);
    if (model.source.kind === 'bundled') this.#setTask(model.source.task);
    void this.#load().then((loaded) => {
      if (loaded) this.#events.onChosen();
    });
  }

  /** @returns whether the model is ready */
  async #load(): Promise<boolean> {
    const model = this.#chosen;
    await unlessCancelled(
      this.#activities.run(`Loading ${model.label}`, (context) => this.#engine.prepare(context)),
      // The model's own panel and the one for unsupported browsers say why.
      () => announce('The model could not be loaded.'),
    );
    const { value } = this.#engine.model;
    return value.state === 'ready' && value.choice === model;
  }

  #keep(model: ListedModel): void {
    const { source } = model;
    if (source.kind !== 'file' || !this.#models.find(model.id)) return;
    void unlessCancelled(
      this.#activities.run(`Keeping ${model.label}`, async ({ signal, onProgress }) => {
        const total = source.blob.size;
        const kept = await this.#models.keep(model, signal, (done) =>
          onProgress({ stage: 'read', done, total, unit: 'bytes' }),
        );
        if (this.#chosen === model) this.#replaceChosen(kept);
        notify(`${model.label} is kept in this browser, and listed on the next visit.`, { kind: 'good' });
      }),
      (error) => notify(`${model.label} could not be kept: ${messageOf(error)}`, { kind: 'bad' }),
    );
  }

  /** The same model under another entry: nothing needs to be loaded. */
  #replaceChosen(model: ListedModel): void {
    this.#engine.rename(this.#chosen, model);
    this.#chosen = model;
    showModels(this.#models.list.value, model);
    showModel(this.#engine.model.value, model);
  }

  async #forget(model: ListedModel): Promise<void> {
    if (model.origin !== 'kept') return;
    await this.#models.forget(model);
    notify(`${model.label} was removed from this browser.`, { kind: 'good' });
    this.#choose(this.#models.first);
  }
}
