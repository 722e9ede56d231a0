import { inputError, type ZianError } from '../../errors.js';
import { checkImageSize } from '../../images/limits.js';
import { type JpegFrame, type JpegScan, JpegWork } from './jpeg-work.js';

/** What the markers of a JPEG say, before any decoding. */
export interface JpegStructure {
  readonly width: number;
  readonly height: number;
  /**
   * The file in pieces, up to its EOI marker, without the segments that say nothing about the pixels:
   * libjpeg-turbo reports a faulty colour profile just as it reports missing data.
   */
  readonly parts: readonly Uint8Array[];
  /** Payload of the first APP1 segment, where EXIF is looked for. */
  readonly app1: Uint8Array | undefined;
  /** Whether a marker (JFIF, Adobe) says what the components are. */
  readonly coloursSaid: boolean;
}

/** What a JPEG's three components are. */
export type JpegColours = 'rgb' | 'ycbcr';

/** Far more than any encoder writes; each scan of a progressive file costs a pass over all its coefficients. */
const MAX_SCANS = 200;

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;

const isMetadata = (marker: number): boolean => (marker >= APP0 && marker <= APP15) || marker === COM;

/** APP0 (JFIF) and APP14 (Adobe) decide about the colour space; the others and comments do not matter. */
const saysColours = (marker: number): boolean => marker === APP0 || marker === APP14;

/** The Adobe segment that says of three components what they are. */
const adobeSegment = (colours: JpegColours): Uint8Array =>
  Uint8Array.of(
    ...[0xff, APP14, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, colours === 'rgb' ? 0 : 1],
  );

const isFrameMarker = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) ||
  marker === 0xf7;

/** SOF0, SOF1, SOF2 and their arithmetic-coded kin: what libjpeg decodes from 8-bit JPEG. */
const DECODABLE_FRAMES = [0xc0, 0xc1, 0xc2, 0xc9, 0xca];

function parseFrame(marker: number, body: Uint8Array, name: string): JpegFrame {
  if (!DECODABLE_FRAMES.includes(marker)) {
    throw inputError(
      `${name}: this kind of JPEG (lossless, hierarchical or JPEG-LS, marker 0x${marker.toString(16)}) is not supported; convert it to PNG or a common JPEG.`,
    );
  }
  const count = body[5] ?? 0;
  if (body.length < 6 + 3 * count || count === 0) throw damaged(name, 'its frame header is too short');
  if (body[0] !== 8) {
    throw inputError(
      `${name}: the JPEG has ${body[0]} bits per sample, only 8 are supported; convert it to PNG.`,
    );
  }
  const height = ((body[1] ?? 0) << 8) | (body[2] ?? 0);
  const width = ((body[3] ?? 0) << 8) | (body[4] ?? 0);
  checkImageSize(name, width, height);
  if (count !== 1 && count !== 3) {
    const what = count === 4 ? 'CMYK colours' : `${count} colour components`;
    throw inputError(
      `${name}: the JPEG has ${what}, only grey, YCbCr and RGB are supported; convert it to RGB.`,
    );
  }
  const components = Array.from({ length: count }, (_, i) => {
    const sampling = body[7 + 3 * i] ?? 0;
    return { id: body[6 + 3 * i] ?? 0, h: sampling >> 4, v: sampling & 15 };
  });
  if (components.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) {
    throw damaged(name, 'its frame header has sampling factors that are not from 1 to 4');
  }
  const progressive = marker === 0xc2 || marker === 0xca;
  return { width, height, progressive, arithmetic: marker >= 0xc9, components };
}

const truncated = (name: string, length: number): ZianError =>
  inputError(
    `${name}: the JPEG is truncated: it ends after ${length} bytes without its end marker; copy it again.`,
  );

const damaged = (name: string, why: string): ZianError =>
  inputError(`${name}: the JPEG is damaged: ${why}; copy it again.`);

/**
 * Which bits of which coefficients the scans have brought so far. A progressive file that lost its
 * last scans still has an end marker if a program "repaired" it, and decodes to a blurred image
 * without any complaint, so a decoder's silence does not show completeness.
 */
class Completeness {
  readonly #frame: JpegFrame;
  /** Per component and coefficient: the lowest bit received (0 = all of it), or -1 for none. */
  readonly #lowestBit: Int8Array;

  constructor(frame: JpegFrame) {
    this.#frame = frame;
    this.#lowestBit = new Int8Array(64 * frame.components.length).fill(-1);
  }

  /** Notes a scan header, and gives its content, or undefined where it is not a valid one. */
  add(body: Uint8Array): JpegScan | undefined {
    const count = body[0] ?? 0;
    if (count < 1 || count > 4 || body.length < 4 + 2 * count) return undefined;
    const [first = 0, last = 0, approximation = 0] = body.subarray(1 + 2 * count);
    if (first > last || last > 63) return undefined;
    const components: number[] = [];
    const [from, to, bit] = this.#frame.progressive ? [first, last, approximation & 15] : [0, 63, 0];
    for (let i = 0; i < count; i++) {
      const component = this.#frame.components.findIndex(({ id }) => id === body[1 + 2 * i]);
      if (component < 0) return undefined;
      components.push(component);
      this.#lowestBit.fill(bit, 64 * component + from, 64 * component + to + 1);
    }
    return { components, first };
  }

  get complete(): boolean {
    return this.#lowestBit.every((bit) => bit === 0);
  }
}

/** The position after `start`'s entropy-coded data: that of the next real marker's 0xFF, or the length of `bytes`. */
function skipEntropyCodedData(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return bytes.length;
    const next = bytes[at + 1] ?? 0;
    const stuffed = next === 0;
    const restart = next >= 0xd0 && next <= 0xd7;
    if (!stuffed && !restart && next !== 0xff) return at;
    at += next === 0xff ? 1 : 2;
  }
}

/**
 * Walks the markers of a JPEG file (ITU-T T.81, annex B) to its end.
 *
 * @param colours what three components are, in place of what the file's own markers say
 * @throws ZianError (input) when the file is cut off, lacks scans, is of a kind that libjpeg does not
 * decode, or is over the size limit
 */
export function parseJpeg(bytes: Uint8Array, name: string, colours?: JpegColours): JpegStructure {
  let frame: JpegFrame | undefined;
  let work: JpegWork | undefined;
  let completeness: Completeness | undefined;
  let app1: Uint8Array | undefined;
  const parts: Uint8Array[] = colours === undefined ? [] : [bytes.subarray(0, 2), adobeSegment(colours)];
  let partStart = colours === undefined ? 0 : 2;
  let coloursSaid = false;
  let scans = 0;
  let at = 2;
  for (;;) {
    const segmentStart = at;
    if (at >= bytes.length) throw truncated(name, bytes.length);
    if (bytes[at] !== 0xff) throw damaged(name, `there is no marker at byte ${at}`);
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) throw truncated(name, bytes.length);
    if (marker === EOI) break;
    if (marker === SOI || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      throw damaged(name, `the marker 0x${marker.toString(16)} at byte ${at} is out of place`);
    }
    if (marker === 0x01) continue; // TEM, the only other marker without a length
    if (at + 2 > bytes.length) throw truncated(name, bytes.length);
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (length < 2) throw damaged(name, `the segment at byte ${at} has an impossible length`);
    if (at + length > bytes.length) throw truncated(name, bytes.length);
    const body = bytes.subarray(at + 2, at + length);
    at += length;
    coloursSaid ||= saysColours(marker);
    if (isMetadata(marker) && (colours !== undefined || !saysColours(marker))) {
      parts.push(bytes.subarray(partStart, segmentStart));
      partStart = at;
    }
    if (isFrameMarker(marker)) {
      if (frame !== undefined) throw damaged(name, 'it has two frame headers');
      frame = parseFrame(marker, body, name);
      completeness = new Completeness(frame);
      work = new JpegWork(frame, name);
    } else if (marker === APP1) {
      app1 ??= body;
    } else if (marker === SOS) {
      const scan = completeness?.add(body);
      if (scan === undefined) throw damaged(name, `the scan header at byte ${at} is not valid`);
      if (++scans > MAX_SCANS)
        throw inputError(`${name}: the JPEG is refused, because it has over ${MAX_SCANS} scans.`);
      const end = skipEntropyCodedData(bytes, at);
      work?.add(scan, end - at);
      at = end;
    }
  }
  if (frame === undefined || completeness === undefined || scans === 0) {
    throw damaged(name, 'it has no image data');
  }
  if (!completeness.complete) {
    throw inputError(`${name}: the JPEG is incomplete: the last of its scans are missing; copy it again.`);
  }
  const { width, height } = frame;
  parts.push(bytes.subarray(partStart, at));
  return { width, height, parts, app1, coloursSaid };
}
