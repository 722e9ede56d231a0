// WGSL in bundles: without comments and white space, which are two fifths of it. Nothing is renamed, and lines stay lines,
// since compilers point at them.

import { readFile } from 'node:fs/promises';

const AROUND = /\s*([,;:{}()[\]])\s*/g;
/** Between a name, number or bracket and another: two operators in a row might become one token, and keep their space. */
const AROUND_OPERATOR = /(?<=[\w)\]]) ?([-+*/%&|^<>=!]{1,3}) ?(?=[\w(])/g;

/** @param {string} code */
export const minifyWgsl = (code) =>
  code
    .replace(/\/\/.*/g, '')
    .split('\n')
    .map((line) => line.replace(AROUND, '$1').replace(/\s+/g, ' ').replace(AROUND_OPERATOR, '$1').trim())
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
