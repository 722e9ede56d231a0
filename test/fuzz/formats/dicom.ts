import type { Draw } from '../draw.js';
import type { Format } from '../format.js';
import { fixturesEndingWith } from './checkpoint.js';
import { readImage } from './png.js';

/** Where elements of a group begin, by their tag's bytes in either order. */
function elementsOf(bytes: Uint8Array): number[] {
  const places: number[] = [];
  for (let at = 132; at + 12 < bytes.length; at++) {
    const [a, b] = [bytes[at], bytes[at + 1]];
    const group = a === 0 ? b : b === 0 ? a : undefined;
    if (group === 0x02 || group === 0x08 || group === 0x28 || (a === 0xe0 && b === 0x7f)) places.push(at);
  }
  return places;
}

/** Changes the tag, the representation, the length or the value of what looks like an element. */
function mutateElement(draw: Draw, bytes: Uint8Array): void {
  const places = elementsOf(bytes);
  if (places.length === 0) return;
  const at = draw.pick(places);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = draw.below(6);
  if (kind === 0) view.setUint16(at + 2, draw.near(view.getUint16(at + 2, true)) % 2 ** 16, true);
  else if (kind === 1)
    bytes.set(Buffer.from(draw.pick(['OB', 'OW', 'SQ', 'UN', 'US', 'UL', 'UI', 'DS', 'XX'])), at + 4);
  else if (kind === 2) view.setUint16(at + 6, draw.near(view.getUint16(at + 6, true)) % 2 ** 16, true);
  else if (kind === 3) view.setUint32(at + 4, draw.near(view.getUint32(at + 4, true)) % 2 ** 32, true);
  else view.setUint16(at + 8, draw.near(view.getUint16(at + 8, true)) % 2 ** 16, true);
}

let seeds: readonly Uint8Array[] | undefined;

export const dicom: Format = {
  name: 'dicom',
  mutate(draw) {
    seeds ??= fixturesEndingWith('images/dicom', '.dcm');
    const bytes = draw.pick(seeds).slice();
    for (let i = draw.below(3); i >= 0; i--) mutateElement(draw, bytes);
    return draw.chance(0.4) ? draw.scrambled(bytes) : bytes;
  },
  read: readImage,
};
