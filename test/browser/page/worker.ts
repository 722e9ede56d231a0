import { Zian } from '../../../src/index.js';
import { DECODE_OPTIONS } from '../../../src/web/decode.js';

globalThis.onmessage = async ({ data: { model, path } }: MessageEvent<{ model: string; path: string }>) => {
  try {
    const zian = await Zian.load({ model });
    const blob = await (await fetch(path)).blob();
    const bitmap = await createImageBitmap(blob, DECODE_OPTIONS);
    const calls = [zian.localize(blob), zian.localize(bitmap)];
    bitmap.close();
    const results = await Promise.all(calls);
    zian.destroy();
    globalThis.postMessage(results);
  } catch (error) {
    globalThis.postMessage({ error: String(error) });
  }
};
