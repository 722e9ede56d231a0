// What the tests call in the browser, as globalThis.zianTests.
import * as kernels from './kernels.js';
import * as loading from './loading.js';
import * as pixels from './pixels.js';
import * as series from './series.js';
import * as sources from './sources.js';
import * as tuning from './tuning.js';

const api = { ...kernels, ...loading, ...pixels, ...series, ...sources, ...tuning };

export type PageApi = typeof api;

declare global {
  var zianTests: { call(name: string, args: readonly unknown[]): unknown };
}

globalThis.zianTests = {
  call(name, args) {
    const found = Object.entries(api).find(([key]) => key === name);
    if (!found) throw new Error(`the page has no ${name}`);
    return Reflect.apply(found[1], undefined, args);
  },
};
