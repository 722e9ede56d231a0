import { openDevice } from '../src/node/adapters.js';
import type { RgbaImage } from '../src/zian/image.js';
import { Zian } from '../src/zian/zian.js';
import { syntheticImage } from '../test/support/synthetic-image.js';
import { bits, type Subject } from './subject.js';

/** How many callers got what they get alone. */
export interface CallersReport {
  readonly callers: number;
  readonly equal: number;
}

/** Pictures that differ in size and content. */
const pictureOf = (caller: number, { width, height }: RgbaImage): RgbaImage =>
  syntheticImage(width + caller, height + (caller % 5), caller + 1);

/** One call after the other, and then all at once, on one model. */
export async function runCallers(
  { model, image }: Subject,
  adapter: string,
  callers: number,
): Promise<CallersReport> {
  const device = await openDevice(adapter, { log: () => undefined });
  const zian = await Zian.load({ model, device });
  try {
    const pictures = Array.from({ length: callers }, (_, i) => pictureOf(i, image));
    const serial: string[] = [];
    for (const picture of pictures) serial.push(bits(await zian.localize(picture)));
    const concurrent = await Promise.all(pictures.map((picture) => zian.localize(picture)));
    const equal = concurrent.filter((result, i) => bits(result) === serial[i]).length;
    return { callers, equal };
  } finally {
    zian.destroy();
    device.destroy();
  }
}
