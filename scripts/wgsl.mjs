// WGSL in bundles: without comments and white space, which are two fifths of it. Nothing is renamed, and lines stay lines,
// since compilers point at them.

import { readFile } from 'node:fs/promises';

/** White space is left beside operators: two of them in a row may be another token. */
const AROUND = /\s*([,;:{}()[\]])\s*/g;

/** @param {string} code */
export const minifyWgsl = (code) =>
  code
    .replace(/\/\/.*/g, '')
    .split('\n')
    .map((line) => line.replace(AROUND, '$1').replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');

/** For esbuild: a .wgsl import is its text, made small. @type {import('esbuild').Plugin} */
export const wgslPlugin = {
  name: 'wgsl',
  setup(build) {
    build.onLoad({ filter: /\.wgsl$/ }, async ({ path }) => ({
      contents: minifyWgsl(await readFile(path, 'utf8')),
      loader: 'text',
    }));
  },
};
