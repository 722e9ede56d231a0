import type { BuildOptions } from 'esbuild';

export const moduleOptions: BuildOptions;
