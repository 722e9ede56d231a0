import type { CatalogExample, Task } from '../shared/catalog.js';
import { Activities, unlessCancelled } from './activity.js';
import { startActivityBar } from './activity-bar.js';
import { startCamera } from './camera.js';
import { ConvertDialog } from './convert-dialog.js';
import { showDevice } from './device-panel.js';
import { byId } from './dom.js';
import { Engine, messageOf } from './engine.js';
import { examplesFor, fetchExample, showExamples } from './examples.js';
import type { PickedFile } from './files.js';
import { startInsight } from './insight.js';
import { startIntake } from './intake.js';
import { ModelDesk } from './model-desk.js';
import { type Notice, notify } from './notices.js';
import { Pictures } from './pictures.js';
import { startSelection } from './selection.js';
import { startTable } from './table.js';
import { startTimes } from './times.js';
import { hideUnsupported, showUnsupported } from './unsupported.js';

/** The page: its parts, and what connects them. */
export class App {
  readonly #activities = new Activities();
  readonly #engine = new Engine('worker.js');
  readonly #pictures = new Pictures(this.#engine, this.#activities, () => ({
    scan: this.#models.task === 'scleral-spur' && byId('scan', HTMLInputElement).checked,
    flipTest: byId('flip-test', HTMLInputElement).checked,
  }));
  readonly #models = new ModelDesk(this.#engine, this.#activities, {
    onTask: (task) => this.#offerExamples(task),
    onChosen: () => this.#runAgain(),
  });
  readonly #convert = new ConvertDialog({
    inspect: ({ path, file }) => this.#engine.plainCall('inspect', { name: path, blob: file }),
    convert: ({ path, file }, options) =>
      this.#activities.run(`Converting ${path}`, (context) =>
        this.#engine.plainCall('convert', { name: path, blob: file, ...options }, context),
      ),
    onConverted: (file, converted) => this.#models.takeConverted(file, converted),
  });

  #lossNotice: Notice | undefined;

  /** Loads the first model and shows it at work on the first example. */
  async start(): Promise<void> {
    startActivityBar(this.#activities);
    startTable(this.#pictures);
    startSelection(this.#pictures, this.#engine, this.#activities);
    startInsight(this.#pictures, this.#engine, this.#activities);
    startTimes(this.#pictures, this.#engine, this.#activities);
    startIntake({
      onPictures: (files) => this.#open(files),
      onModel: (file) => this.#openModel(file),
    });
    startCamera((file) => this.#open([{ path: file.name, file }]));
    this.#watchDevice();
    for (const id of ['flip-test', 'scan'])
      byId(id, HTMLInputElement).addEventListener('change', () => this.#runAgain());
    this.#offerExamples('fovea');
    // The first example is there to be looked at while its model is loading.
    void this.#models.start();
    const [example] = examplesFor('fovea');
    if (example) await this.#openExample(example);
  }

  #open(files: readonly PickedFile[]): void {
    this.#pictures.add(files.map(({ path, file }) => ({ name: path, blob: file })));
  }

  #openModel(file: PickedFile): void {
    if (file.path.toLowerCase().endsWith('.safetensors')) this.#models.open(file.path, file.file);
    else void this.#convert.open(file);
  }

  async #openExample(example: CatalogExample): Promise<void> {
    const open = this.#pictures.items.value.find(({ name, truth }) => truth && name === example.name);
    if (open) {
      this.#pictures.select(open.id);
      if (open.outcome && !this.#models.isLoaded(open.outcome)) this.#pictures.run([open.id]);
      return;
    }
    try {
      this.#pictures.add([await fetchExample(example)]);
    } catch (error) {
      notify(messageOf(error), { kind: 'bad' });
    }
  }

  #offerExamples(task: Task): void {
    showExamples(task, (example) => void this.#openExample(example));
  }

  /** The picture that is looked at, by the model and the settings that are chosen now. */
  #runAgain(): void {
    const { current } = this.#pictures;
    const { task } = this.#models;
    // An example of something else would only show that the model does not know it.
    const [example] = current?.exampleOf && current.exampleOf !== task ? examplesFor(task) : [];
    if (example) void this.#openExample(example);
    else if (current) this.#pictures.run([current.id]);
  }

  #watchDevice(): void {
    const { device, recoveries } = this.#engine;
    const lose = byId('lose-device', HTMLButtonElement);
    lose.addEventListener('click', () => void this.#engine.plainCall('loseDevice', {}));
    const show = (): void => showDevice(device.value, recoveries.value);
    device.watch((state) => {
      show();
      lose.disabled = state.state !== 'open';
      if (state.state === 'open') hideUnsupported();
      if (state.state === 'failed') showUnsupported(state.why, () => this.#prepare('Opening the GPU'));
      if (state.state === 'lost') this.#recover(state.why);
    });
    recoveries.watch((count) => {
      show();
      if (count === 0) return;
      this.#lossNotice?.remove();
      notify('The GPU is back.', { kind: 'good' });
    });
  }

  /** A run that is under way recovers and repeats by itself; else the device is opened again for the next one. */
  #recover(why: string): void {
    const reason = why.replace(/\.$/, '') || 'no reason given';
    this.#lossNotice = notify(`The GPU device was lost (${reason}). Recovering…`);
    if (!this.#activities.current.value) this.#prepare('Recovering the GPU');
  }

  #prepare(title: string): void {
    void unlessCancelled(
      this.#activities.run(title, (context) => this.#engine.prepare(context)),
      (error) => notify(messageOf(error), { kind: 'bad' }),
    );
  }
}
