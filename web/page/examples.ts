import { type CatalogExample, catalog, type Task } from '../shared/catalog.js';
import { byId, el } from './dom.js';
import type { NewPicture } from './pictures.js';

/** Fetches an example as if it had been opened. */
export async function fetchExample({ path, name, truth, task }: CatalogExample): Promise<NewPicture> {
  const response = await fetch(path);
  if (!response.ok)
    throw new Error(`${path} could not be fetched: the page's host answered ${response.status}.`);
  return { name, blob: await response.blob(), truth, exampleOf: task };
}

export const examplesFor = (task: Task): readonly CatalogExample[] =>
  catalog.examples.filter((example) => example.task === task);

/** Shows the examples for a task as buttons. */
export function showExamples(task: Task, open: (example: CatalogExample) => void): void {
  byId('examples', HTMLUListElement).replaceChildren(
    ...examplesFor(task).map((example) => {
      const button = el(
        'button',
        { type: 'button' },
        el('img', { src: example.path, alt: '', decoding: 'async' }),
        el('span', {}, example.name),
      );
      button.addEventListener('click', () => open(example));
      return el('li', {}, button);
    }),
  );
}
