import type { EngineDevice } from '../graph/index.js';
import { decodeImage } from '../web/decode.js';
import { type DownloadOptions, downloadModel } from '../web/download.js';
import { requestDevice } from '../web/request-device.js';
import type { ByteSource } from '../weights/index.js';
import type { RgbaImage } from './image.js';

/** A model file that is open. */
export interface OpenedSource {
  readonly source: ByteSource;
  /** Closes what was opened for it. */
  readonly close?: () => Promise<void>;
}

/** What browsers and Node do each in their own way. */
export interface Platform {
  /** Opens the model that a string or URL names. */
  openModel(location: string | URL, options: DownloadOptions): Promise<OpenedSource>;
  /** A tested device of the adapter that is preferred here. */
  requestDevice(): Promise<EngineDevice>;
  /** Decodes an image file. */
  decode(file: Blob): Promise<RgbaImage | ImageBitmap>;
}

let current: Platform = {
  openModel: async (location, options) => ({ source: await downloadModel(location, options) }),
  requestDevice,
  decode: decodeImage,
};

/** The platform's ways: a browser's, unless Node's entry has put its own there. */
export const platform = (): Platform => current;

/** Called once, by an entry that is not a browser's. */
export function usePlatform(own: Platform): void {
  current = own;
}
