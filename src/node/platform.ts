import { fileURLToPath } from 'node:url';
import { downloadModel } from '../web/download.js';
import { verifySource } from '../zian/model-source.js';
import type { Platform } from '../zian/platform.js';
import { openDevice } from './adapters.js';
import { openFileSource } from './file-source.js';
import { decodeImage } from './images/decode.js';

/** Node's ways: a string is a path, a device comes from `openDevice`, and images have OpenCV's pixels. */
export const nodePlatform: Platform = {
  async openModel(location, options) {
    if (/^https?:/i.test(String(location))) return { source: await downloadModel(location, options) };
    const path = /^file:/i.test(String(location)) ? fileURLToPath(location) : String(location);
    const source = await openFileSource(path);
    try {
      await verifySource(source, options);
    } catch (error) {
      await source.close();
      throw error;
    }
    return { source, close: () => source.close() };
  },
  requestDevice: () => openDevice(),
  async decode(file) {
    const name = 'name' in file ? String(file.name) : 'the image';
    return await decodeImage(new Uint8Array(await file.arrayBuffer()), name);
  },
};
