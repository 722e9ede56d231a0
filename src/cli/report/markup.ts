/** Text for HTML and SVG, in elements and in quoted attributes. */
export const escapeMarkup = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** Markup that is complete; anything else has to be escaped. */
export type Markup = string;

type Attributes = Readonly<Record<string, string | number>>;

/** Numbers are rounded to hundredths of a pixel. */
const attribute = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : escapeMarkup(value);

/** An element around markup. */
export function element(name: string, attributes: Attributes, ...content: readonly Markup[]): Markup {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  return `<${name}${list.join('')}>${content.join('')}</${name}>`;
}

/** A piece of text in a drawing. */
export const svgText = (x: number, y: number, text: string, attributes: Attributes = {}): Markup =>
  element('text', { x, y, ...attributes }, escapeMarkup(text));
