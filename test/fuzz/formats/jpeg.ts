import { withPlainOrientation } from '../../../src/images/plain-orientation.js';
import { type Draw, join } from '../draw.js';
import type { Format } from '../format.js';
import { fixturesEndingWith } from './checkpoint.js';
import { mutateTiff } from './exif.js';
import { readImage } from './png.js';

/** A marker segment, with the entropy-coded data that follow it. */
interface Segment {
  readonly marker: number;
  readonly body: Uint8Array;
  readonly data: Uint8Array;
}

function segmentsOf(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) break;
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const start = at + 2 + length;
    let end = start;
    if (marker === 0xda) {
      while (
        end < bytes.length &&
        !(
          bytes[end] === 0xff &&
          (bytes[end + 1] ?? 0) !== 0 &&
          !((bytes[end + 1] ?? 0) >= 0xd0 && (bytes[end + 1] ?? 0) <= 0xd7)
        )
      )
        end++;
    }
    segments.push({ marker, body: bytes.slice(at + 4, start), data: bytes.slice(start, end) });
    at = end;
  }
  return segments;
}

function encode(draw: Draw, { marker, body, data }: Segment): Uint8Array {
  const length = draw.chance(0.01) ? draw.near(body.length + 2) : body.length + 2;
  const fill = draw.chance(0.02) ? new Uint8Array(1 + draw.below(5)).fill(0xff) : [];
  return join(fill, [0xff, marker, (length >> 8) & 255, length & 255], body, data);
}

const MARKERS = [
  0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc8, 0xc9, 0xca, 0xcc, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xe0, 0xe1,
  0xe2, 0xee, 0xf7, 0xfe, 0x01, 0x00, 0xd0,
];

/** Size, bits, components, sampling, tables; spectral selection of scans. */
function mutateFrame(draw: Draw, segment: Segment): Segment {
  const { body, ...rest } = segment;
  if (body.length === 0) return segment;
  const copy = body.slice();
  const at = draw.below(copy.length);
  copy.set([draw.pick([0, 1, 2, 3, 4, 8, 12, 16, 0x11, 0x21, 0x22, 0x41, 0x44, 0x51, 63, 64, 128, 255])], at);
  if (draw.chance(0.2) && copy.length > 5)
    copy.set([draw.below(256), draw.below(256), draw.below(256), draw.below(256)], 1);
  return { ...rest, body: copy };
}

function mutate(draw: Draw, segments: readonly Segment[]): Segment[] {
  const at = draw.below(segments.length);
  const kind = draw.below(9);
  const change = (how: (segment: Segment) => Segment): Segment[] =>
    segments.map((segment, i) => (i === at ? how(segment) : segment));
  if (kind === 0) return draw.shuffled(segments);
  if (kind === 1) return change((segment) => ({ ...segment, marker: draw.pick(MARKERS) }));
  if (kind === 2) return change((segment) => ({ ...segment, body: draw.scrambled(segment.body) }));
  if (kind === 3)
    return segments.map((segment) =>
      segment.data.length > 0 ? { ...segment, data: draw.scrambled(segment.data) } : segment,
    );
  if (kind === 4)
    return segments.map((segment) =>
      [0xc0, 0xc1, 0xc2].includes(segment.marker) || (segment.marker === 0xda && draw.chance(0.3))
        ? mutateFrame(draw, segment)
        : segment,
    );
  if (kind === 5)
    return [
      ...segments.slice(0, at),
      {
        marker: draw.pick(MARKERS),
        body: draw.bytes(draw.pick([0, 1, 2, 14, 64, 300])),
        data: new Uint8Array(0),
      },
      ...segments.slice(at),
    ];
  if (kind === 6)
    return [
      { marker: 0xe1, body: join([0x45, 0x78, 0x69, 0x66, 0, 0], mutateTiff(draw)), data: new Uint8Array(0) },
      ...segments,
    ];
  if (kind === 7)
    return [
      { marker: 0xdd, body: Uint8Array.of(draw.below(2), draw.below(20)), data: new Uint8Array(0) },
      ...segments,
    ];
  const scan = segments.filter(({ marker }) => marker === 0xda);
  return [
    ...segments,
    ...Array.from({ length: draw.pick([1, 3, 250]) }, () =>
      scan.length > 0 ? draw.pick(scan) : (segments[0] ?? []),
    ).flat(),
  ];
}

let seeds: Segment[][] | undefined;

export const jpeg: Format = {
  name: 'jpeg',
  mutate(draw) {
    seeds ??= fixturesEndingWith('images', '.jpg').map(segmentsOf);
    let segments: readonly Segment[] = draw.pick(seeds);
    for (let i = draw.below(2); i >= 0; i--) if (segments.length > 0) segments = mutate(draw, segments);
    const end = draw.chance(0.95) ? [0xff, 0xd9] : [];
    const bytes = join([0xff, 0xd8], ...segments.map((segment) => encode(draw, segment)), end);
    return draw.chance(0.1) ? draw.scrambled(bytes) : bytes;
  },
  async read(bytes) {
    // What browsers are given: never fails, whatever the bytes are.
    withPlainOrientation(new Uint8Array(bytes));
    return readImage(bytes);
  },
};
