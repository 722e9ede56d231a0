import { catalog, type Task } from '../shared/catalog.js';
import type { ModelChoice } from './engine.js';
import { forget, type KeptModel, keep, listKept } from './model-store.js';
import { Store } from './store.js';

/** A model in the list, and how it came there. */
export type ListedModel = ModelChoice & { readonly origin: 'bundled' | 'kept' | 'opened' };

const TITLES: Readonly<Record<Task, string>> = {
  fovea: 'Fovea in fundus photographs',
  'scleral-spur': 'Scleral spur in AS-OCT scans',
};

const bundled: readonly ListedModel[] = catalog.models.map(({ task }) => ({
  id: `bundled:${task}`,
  label: TITLES[task],
  source: { kind: 'bundled', task },
  origin: 'bundled',
}));

const fromKept = ({ name, file }: KeptModel): ListedModel => ({
  id: `kept:${name}`,
  label: name,
  source: { kind: 'file', name, blob: file },
  origin: 'kept',
});

/** All models that can be chosen. */
export class Models {
  readonly list = new Store<readonly ListedModel[]>(bundled);

  get first(): ListedModel {
    const [first] = this.list.value;
    if (!first) throw new Error('the build has no model');
    return first;
  }

  find(id: string): ListedModel | undefined {
    return this.list.value.find((model) => model.id === id);
  }

  /** Looks for the models that were kept on earlier visits. */
  async findKept(): Promise<void> {
    const kept = await listKept();
    const others = this.list.value.filter(({ origin }) => origin !== 'kept');
    this.list.set([...others, ...kept.map(fromKept)]);
  }

  /** Takes in a model file for this visit. */
  open(name: string, blob: Blob): ListedModel {
    const opened: ListedModel = {
      id: `opened:${name}`,
      label: name,
      source: { kind: 'file', name, blob },
      origin: 'opened',
    };
    this.list.set([...this.list.value.filter(({ id }) => id !== opened.id), opened]);
    return opened;
  }

  /** @throws DOMException where the browser has no room for it */
  async keep(
    model: ListedModel,
    signal: AbortSignal,
    onProgress: (done: number) => void,
  ): Promise<ListedModel> {
    if (model.source.kind !== 'file') throw new Error('bundled models need not be kept');
    const kept = fromKept(await keep(model.source.name, model.source.blob, signal, onProgress));
    this.list.set([...this.list.value.filter(({ id }) => id !== model.id && id !== kept.id), kept]);
    return kept;
  }

  async forget(model: ListedModel): Promise<void> {
    await forget(model.label);
    this.list.set(this.list.value.filter(({ id }) => id !== model.id));
  }
}
