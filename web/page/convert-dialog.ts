import type { CheckpointSummary, ConversionOptions, ConvertedModel } from '../shared/messages.js';
import { byId } from './dom.js';
import { messageOf } from './engine.js';
import type { PickedFile } from './files.js';
import { count } from './format.js';
import { isCancelled } from './worker-client.js';

export interface ConvertActions {
  readonly inspect: (file: PickedFile) => Promise<CheckpointSummary>;
  readonly convert: (file: PickedFile, options: ConversionOptions) => Promise<ConvertedModel>;
  readonly onConverted: (file: PickedFile, converted: ConvertedModel) => void;
}

/** The dialog that turns an authors' checkpoint into a model. */
export class ConvertDialog {
  readonly #dialog = byId('convert', HTMLDialogElement);
  readonly #about = byId('convert-about', HTMLElement);
  readonly #base = byId('convert-base', HTMLSelectElement);
  readonly #yaml = byId('convert-yaml', HTMLInputElement);
  readonly #error = byId('convert-error', HTMLElement);
  readonly #start = byId('convert-start', HTMLButtonElement);
  readonly #actions: ConvertActions;
  #file: PickedFile | undefined;

  constructor(actions: ConvertActions) {
    this.#actions = actions;
    this.#base.addEventListener('change', () => this.#showYaml());
    byId('convert-close', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    byId('convert-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#convert();
    });
  }

  /** Looks into a checkpoint and asks how it was trained. */
  async open(file: PickedFile): Promise<void> {
    this.#file = file;
    this.#fail(undefined);
    this.#start.disabled = true;
    this.#about.textContent = `Reading ${file.path}…`;
    if (!this.#dialog.open) this.#dialog.showModal();
    try {
      const { format, tensors, parameters, network, suggested } = await this.#actions.inspect(file);
      if (this.#file !== file) return;
      this.#about.textContent = `${file.path}: ${network}. ${count(tensors)} tensors, ${count(parameters)} parameters, PyTorch’s ${format} format.`;
      this.#base.value = suggested;
      this.#showYaml();
      this.#start.disabled = false;
    } catch (error) {
      if (this.#file !== file) return;
      this.#about.textContent = file.path;
      this.#fail(messageOf(error));
    }
  }

  #showYaml(): void {
    byId('convert-yaml-field', HTMLElement).hidden = this.#base.value !== 'file';
  }

  #fail(message: string | undefined): void {
    this.#error.hidden = message === undefined;
    this.#error.textContent = message ?? '';
  }

  async #options(): Promise<ConversionOptions | undefined> {
    const overrides = byId('convert-overrides', HTMLTextAreaElement)
      .value.split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const dtype = byId('convert-dtype', HTMLSelectElement).value === 'f16' ? 'f16' : 'f32';
    const { value } = this.#base;
    if (value === 'refuge' || value === 'age' || value === 'gamma')
      return { base: { dataset: value }, overrides, dtype };
    const [yaml] = this.#yaml.files ?? [];
    return yaml && { base: { name: yaml.name, yaml: await yaml.text() }, overrides, dtype };
  }

  async #convert(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    const options = await this.#options();
    if (!options) {
      this.#fail('Choose the experiment file that the model was trained with.');
      return;
    }
    // The bar with the cancel button lies below a modal dialog, so this one makes way.
    this.#dialog.close();
    try {
      this.#actions.onConverted(file, await this.#actions.convert(file, options));
    } catch (error) {
      this.#dialog.showModal();
      this.#fail(isCancelled(error) ? 'The conversion was cancelled.' : messageOf(error));
    }
  }
}
