import type { Task } from '../shared/catalog.js';
import type { Finding, PictureResult } from '../shared/messages.js';
import type { Activities } from './activity.js';
import { type Engine, messageOf } from './engine.js';
import { Store } from './store.js';
import { isCancelled } from './worker-client.js';

export type PictureState = 'waiting' | 'running' | 'done' | 'failed' | 'stopped';

/** What is known of a picture's result once its heat maps are let go. */
export type FindingSummary = Omit<Finding, 'maps'>;

export interface PictureOutcome {
  readonly width: number;
  readonly height: number;
  readonly findings: readonly FindingSummary[];
  readonly milliseconds: PictureResult['milliseconds'];
  /** The model and adapter that found it. */
  readonly model: string;
  readonly checkpointSha256: string;
  readonly adapter: string;
  readonly dataset: string;
  readonly flipTest: boolean;
}

/** A picture that was opened. */
export interface PictureItem {
  readonly id: number;
  readonly name: string;
  readonly blob: Blob;
  readonly state: PictureState;
  readonly outcome?: PictureOutcome;
  /** An object URL. */
  readonly thumbnail?: string;
  readonly why?: string;
  /** Where an example's landmarks truly are. */
  readonly truth?: readonly { readonly x: number; readonly y: number }[];
  /** What an example is an example of. */
  readonly exampleOf?: Task;
}

export type NewPicture = Pick<PictureItem, 'name' | 'blob' | 'truth' | 'exampleOf'>;

export interface RunSettings {
  readonly scan: boolean;
  readonly flipTest: boolean;
}

/** Heat maps of so many pictures are kept; those of others are made again when they are looked at. */
const KEPT_MAPS = 16;

/** All pictures that were opened, and the queue of those that are still to be run. */
export class Pictures {
  readonly items = new Store<readonly PictureItem[]>([]);
  readonly selected = new Store<number | undefined>(undefined);
  /** Findings with heat maps, the latest last. */
  readonly #found = new Map<number, readonly Finding[]>();
  readonly #engine: Engine;
  readonly #activities: Activities;
  readonly #settings: () => RunSettings;
  #next = 0;
  #working = false;

  constructor(engine: Engine, activities: Activities, settings: () => RunSettings) {
    this.#engine = engine;
    this.#activities = activities;
    this.#settings = settings;
  }

  get current(): PictureItem | undefined {
    return this.#item(this.selected.value);
  }

  /** The current picture's findings with heat maps, if they are still there. */
  findings(id: number): readonly Finding[] | undefined {
    return this.#found.get(id);
  }

  /** Takes pictures in, shows the first of them, and runs them all. */
  add(pictures: readonly NewPicture[]): void {
    if (pictures.length === 0) return;
    const made = pictures.map((picture): PictureItem => {
      this.#next += 1;
      return { ...picture, id: this.#next, state: 'waiting' };
    });
    this.items.set([...this.items.value, ...made]);
    this.selected.set(made[0]?.id);
    this.#work();
  }

  /** Shows a picture; one that has no result yet, or whose heat maps are gone, is run before all others. */
  select(id: number): void {
    this.selected.set(id);
    const item = this.#item(id);
    if (item?.state === 'done' && !this.#found.has(id)) this.run([id]);
  }

  run(ids: readonly number[]): void {
    for (const id of ids) this.#update(id, { state: 'waiting' });
    this.#work();
  }

  remove(id: number): void {
    const { value } = this.items;
    const at = value.findIndex((item) => item.id === id);
    const thumbnail = value[at]?.thumbnail;
    if (thumbnail) URL.revokeObjectURL(thumbnail);
    this.#found.delete(id);
    const left = value.filter((item) => item.id !== id);
    this.items.set(left);
    if (this.selected.value === id) {
      const next = left[Math.min(at, left.length - 1)];
      this.selected.set(next?.id);
      if (next) this.select(next.id);
    }
  }

  clear(): void {
    for (const { id } of this.items.value) this.remove(id);
  }

  #item(id: number | undefined): PictureItem | undefined {
    return this.items.value.find((item) => item.id === id);
  }

  #update(id: number, change: Partial<PictureItem>): void {
    this.items.set(this.items.value.map((item) => (item.id === id ? { ...item, ...change } : item)));
  }

  /** The one that is looked at first, then in order. */
  #nextWaiting(): PictureItem | undefined {
    const { current } = this;
    return current?.state === 'waiting' ? current : this.items.value.find((item) => item.state === 'waiting');
  }

  #work(): void {
    if (this.#working) return;
    this.#working = true;
    void this.#runWaiting().finally(() => {
      this.#working = false;
      if (this.#nextWaiting()) this.#work();
    });
  }

  async #runWaiting(): Promise<void> {
    for (let item = this.#nextWaiting(); item; item = this.#nextWaiting())
      if ((await this.#run(item)) === 'stopped') {
        for (const { id, state } of this.items.value)
          if (state === 'waiting') this.#update(id, { state: 'stopped' });
        return;
      }
  }

  async #run({ id, name, blob }: PictureItem): Promise<PictureState> {
    const waiting = this.items.value.filter(({ state }) => state === 'waiting').length;
    const title = waiting > 1 ? `${name}, and ${waiting - 1} more` : name;
    this.#update(id, { state: 'running' });
    try {
      const settings = this.#settings();
      const result = await this.#activities.run(title, (context) =>
        this.#engine.call(
          'localize',
          // Unless it is asked for, the model's own configuration says.
          { name, blob, scan: settings.scan, ...(settings.flipTest ? { flipTest: true } : {}) },
          context,
        ),
      );
      this.#keep(id, result, settings);
      return 'done';
    } catch (error) {
      // Without a device the others would fail as well, and the page says why.
      const stopped = isCancelled(error) || this.#engine.device.value.state === 'failed';
      this.#update(id, stopped ? { state: 'stopped' } : { state: 'failed', why: messageOf(error) });
      return stopped ? 'stopped' : 'failed';
    }
  }

  #keep(id: number, result: PictureResult, { flipTest }: RunSettings): void {
    const { width, height, findings, milliseconds, thumbnail } = result;
    const model = this.#engine.model.value;
    if (model.state !== 'ready' || !this.#item(id)) return;
    this.#found.delete(id);
    this.#found.set(id, findings);
    for (const oldest of [...this.#found.keys()].slice(0, -KEPT_MAPS))
      if (oldest !== this.selected.value) this.#found.delete(oldest);
    const before = this.#item(id)?.thumbnail;
    this.#update(id, {
      state: 'done',
      thumbnail: before ?? URL.createObjectURL(thumbnail),
      outcome: {
        width,
        height,
        milliseconds,
        findings: findings.map(({ maps: _, ...summary }) => summary),
        model: model.summary.name,
        checkpointSha256: model.summary.checkpointSha256,
        dataset: model.summary.config.dataset,
        adapter: this.#engine.device.value.report?.name ?? '',
        flipTest: flipTest || model.summary.config.flipTest,
      },
    });
  }
}
