import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { minifyWgsl } from '../../scripts/wgsl.mjs';

/** Names, numbers with their exponents and suffixes, then operators, the longest first; white space and comments are nothing. */
const TOKEN =
  /\/\/.*|\s+|[A-Za-z_]\w*|0[xX][\da-fA-F]+[iu]?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[iufh]?|<<=|>>=|->|\+\+|--|&&|\|\||[-+*/%&|^<>=!]=|<<|>>|[-+*/%&|^<>=!~@,.:;(){}[\]]/gy;

function tokens(code: string): string[] {
  const found = code.match(TOKEN) ?? [];
  expect(found.join('')).toBe(code);
  return found.filter((token) => !/^(\s|\/\/)/.test(token));
}

const shaders = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.wgsl'),
);

it.each(shaders)('%s has the same tokens without white space', (path) => {
  const code = readFileSync(join('src', path), 'utf8');
  const small = minifyWgsl(code);
  expect(tokens(small)).toEqual(tokens(code));
  expect(small.length).toBeLessThan(code.length);
});

it('operators that would become another one keep their distance', () => {
  const code = 'let a = b - -c;\nlet d: vec2<f32> = vec2<f32>( e ) ;\nlet f = g & &h; // i\nlet j = k / *l;';
  expect(tokens(minifyWgsl(code))).toEqual(tokens(code));
  expect(minifyWgsl('if (a < b && c >= d) { e += f * 2.0; }')).toBe('if(a<b&&c>=d){e+=f*2.0;}');
});
