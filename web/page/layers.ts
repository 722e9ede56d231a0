import { byId, el } from './dom.js';
import { Store } from './store.js';
import { MARK_COLORS } from './viewer/marks.js';
import type { LayerName, Look } from './viewer/paint.js';

const LAYERS: readonly { readonly name: LayerName; readonly label: string; readonly key: string }[] = [
  { name: 'landmark', label: 'Landmark', key: 'ring' },
  { name: 'coarse', label: 'Coarse estimate', key: 'cross' },
  { name: 'regions', label: 'Regions', key: 'square' },
  { name: 'fineHeat', label: 'Fine heat map', key: 'heat' },
  { name: 'coarseHeat', label: 'Coarse heat map', key: 'heat' },
  { name: 'truth', label: 'True place (examples)', key: 'diamond' },
];

const SVG = 'http://www.w3.org/2000/svg';
const SHAPES: Readonly<Record<string, readonly [path: string, color: string]>> = {
  ring: ['M12 3a4 4 0 1 0 .01 0M4 7h4M16 7h4', MARK_COLORS.landmark],
  cross: ['M9 4l2 2M13 8l2 2M15 4l-2 2M11 8l-2 2', MARK_COLORS.coarse],
  square: ['M6 2h12v10H6z', MARK_COLORS.region(0)],
  diamond: ['M12 2l5 5-5 5-5-5z', MARK_COLORS.truth],
};

/** What a layer looks like, on the dark of a picture. */
function swatch(key: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 14');
  svg.setAttribute('class', 'swatch');
  svg.setAttribute('aria-hidden', 'true');
  const add = (name: string, attributes: Readonly<Record<string, string>>): void => {
    const made = document.createElementNS(SVG, name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    svg.append(made);
  };
  add('rect', { width: '24', height: '14', rx: '3', fill: '#12181c' });
  const shape = SHAPES[key];
  if (shape)
    add('path', {
      d: shape[0],
      fill: 'none',
      stroke: shape[1],
      'stroke-width': '1.6',
      'stroke-linecap': 'round',
    });
  else
    for (const [i, color] of ['#3c3d92', '#00728f', '#00a88c', '#57d66a', '#dcff51'].entries())
      add('rect', { x: String(2 + 4 * i), y: '3', width: '4', height: '8', fill: color });
  return svg;
}

/** The switches of the picture's layers. */
export function startLayers(): Store<Look> {
  const box = byId('layers', HTMLElement);
  const on = new Set<LayerName>(LAYERS.map(({ name }) => name));
  const look = new Store<Look>({ layers: new Set(on), opacity: 0.75 });
  for (const { name, label, key } of LAYERS) {
    const input = el('input', { type: 'checkbox', checked: true, 'data-layer': name });
    input.addEventListener('change', () => {
      if (input.checked) on.add(name);
      else on.delete(name);
      look.set({ ...look.value, layers: new Set(on) });
    });
    const line = el('label', { class: 'check' }, input);
    line.append(swatch(key), label);
    box.append(line);
  }
  const range = el('input', { type: 'range', min: 0, max: 100, value: 75, id: 'opacity' });
  range.addEventListener('input', () => look.set({ ...look.value, opacity: range.valueAsNumber / 100 }));
  box.append(el('div', { class: 'range' }, el('label', { for: 'opacity' }, 'Heat maps'), range));
  return look;
}
