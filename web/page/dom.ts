/**
 * The element of the page's HTML with an id.
 * @throws Error where it is missing or of another kind: HTML and scripts are then of different builds
 */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} '${id}'`);
  return found;
}

type Child = Node | string;

/** Makes an element; attributes that are undefined are left out, `true` is an attribute without a value. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children);
  return made;
}

/** A term and its description, for a `dl`. */
export const term = (name: string, ...description: readonly Child[]): [HTMLElement, HTMLElement] => [
  el('dt', {}, name),
  el('dd', {}, ...description),
];

/** Offers a file for download under a name. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = el('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The download has begun by then; until it has, the URL must stay.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
