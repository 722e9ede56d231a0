import { wgslPlugin } from './wgsl.mjs';

/** How the package's modules are bundled: for Node and browsers alike, shared chunks split out, packages left to be imported. */
export const moduleOptions = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  packages: 'external',
  external: ['node:*'],
  plugins: [wgslPlugin],
  logLevel: 'warning',
};
