import type { Plugin } from 'esbuild';

export function minifyWgsl(code: string): string;
export const wgslPlugin: Plugin;
