import type { Draw } from '../draw.js';
import type { Format } from '../format.js';
import { fixturesEndingWith } from './checkpoint.js';
import { readImage } from './png.js';

/** Where numbers of a classic or big directory stand, and how many there are. */
interface Directory {
  readonly start: number;
  readonly entries: number;
  readonly entryBytes: number;
  readonly countBytes: 4 | 8;
}

function directoryOf(view: DataView, little: boolean): Directory {
  if (view.getUint16(2, little) === 43) {
    const at = Number(view.getBigUint64(8, little));
    return {
      start: at + 8,
      entries: Number(view.getBigUint64(at, little)),
      entryBytes: 20,
      countBytes: 8,
    };
  }
  const at = view.getUint32(4, little);
  return { start: at + 2, entries: view.getUint16(at, little), entryBytes: 12, countBytes: 4 };
}

/** Changes a number of one entry: its tag, type, count, or value (an offset, where values do not fit). */
function mutateEntry(draw: Draw, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const { start, entries, entryBytes, countBytes } = directoryOf(view, little);
  const entry = start + draw.below(entries) * entryBytes;
  const write = (at: number, size: 2 | 4 | 8): void => {
    if (size === 2) view.setUint16(at, draw.near(view.getUint16(at, little)) % 2 ** 16, little);
    else if (size === 4) view.setUint32(at, draw.near(view.getUint32(at, little)) % 2 ** 32, little);
    else view.setBigUint64(at, BigInt(draw.near(Number(view.getBigUint64(at, little)))), little);
  };
  const kind = draw.below(8);
  if (kind === 0) write(entry, 2);
  else if (kind === 1) view.setUint16(entry + 2, draw.pick([1, 2, 3, 4, 5, 7, 12, 13, 16, 18]), little);
  else if (kind === 2) write(entry + 4, countBytes);
  else if (kind < 6) write(entry + 4 + countBytes, 2);
  else write(entry + 4 + countBytes, countBytes);
}

let seeds: readonly Uint8Array[] | undefined;

export const tiff: Format = {
  name: 'tiff',
  mutate(draw) {
    seeds ??= fixturesEndingWith('images/tiff', '.tif');
    const bytes = draw.pick(seeds).slice();
    for (let i = draw.below(3); i >= 0; i--) mutateEntry(draw, bytes);
    return draw.chance(0.4) ? draw.scrambled(bytes) : bytes;
  },
  read: readImage,
};
