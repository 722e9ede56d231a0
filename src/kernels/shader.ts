import type { ConstantValue, Dispatch, Operand } from './contract.js';
import { denseOperand, extentOf, vec4s } from './layout.js';

export type Access = 'read' | 'read_write' | 'uniform';

/** A complete WGSL module and what it binds, in the order of `@binding`. */
export interface BuiltShader {
  readonly name: string;
  readonly code: string;
  readonly access: readonly Access[];
  /** Contents of the uniform buffer that is bound last, when the dispatch has parameters. */
  readonly parameters?: Uint32Array;
}

const BINDING = /@group\(0\)\s*@binding\((\d+)\)\s*var<storage,\s*(read|read_write)>\s*(\w+)/g;

/** Directives come before all else, so the header says those that a body needs. */
const SUBGROUPS = /\bsubgroup_\w+\b|\bsubgroup[A-Z]\w*\(/;
const SUBGROUP_MATRICES = /\bsubgroup_matrix_\w+\b/;

/**
 * What an absent optional operand is declared as: of the type that its neighbours have, so that the text, and with it
 * the pipeline, is the same whether it is there or not, where the body does not ask.
 */
function absent(bindings: readonly string[], operands: Readonly<Record<string, Operand>>): Operand {
  const half = bindings.some((name) => operands[name]?.dtype === 'f16');
  return denseOperand({ shape: [1], dtype: half ? 'f16' : 'f32' });
}

function wgslConstant(name: string, value: ConstantValue): string {
  if (typeof value === 'boolean') return `const ${name}: bool = ${value};`;
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
      throw new Error(`constant ${name} = ${value} is not a u32; say { f32 } or { i32 }`);
    return `const ${name}: u32 = ${value}u;`;
  }
  if ('i32' in value) return `const ${name}: i32 = ${value.i32};`;
  const text = Math.fround(value.f32).toString();
  return `const ${name}: f32 = ${/[.e]/.test(text) ? text : `${text}.0`};`;
}

/** `X_T` and the extents, stride, offset and block of operand `x`, as far as they are `used`. */
function operandHeader(name: string, operand: Operand, used: (constant: string) => boolean): string[] {
  const prefix = name.toUpperCase();
  const { n, h, w, c } = extentOf(operand.shape);
  const constants: [string, number][] = [
    ['N', n],
    ['H', h],
    ['W', w],
    ['C', c],
    ['C4', vec4s(c)],
    ['STRIDE', operand.layout.stride],
    ['OFFSET', operand.layout.offset],
    ['BLOCK', operand.layout.block],
  ];
  return [
    `alias ${prefix}_T = ${operand.dtype};`,
    ...constants
      .filter(([key]) => used(`${prefix}_${key}`))
      .map(([key, value]) => wgslConstant(`${prefix}_${key}`, value)),
  ];
}

function parameterHeader(names: readonly string[], binding: number): string[] {
  return [
    `struct Parameters { ${names.map((name) => `${name}: u32`).join(', ')} }`,
    `@group(0) @binding(${binding}) var<uniform> p: Parameters;`,
  ];
}

/** What a shader's text declares and uses. */
interface Scan {
  readonly bindings: readonly {
    readonly index: number;
    readonly access: Access;
    readonly variable: string;
  }[];
  /** All words: names of constants among them. */
  readonly words: ReadonlySet<string>;
  /** Names after `p.`. */
  readonly parameters: ReadonlySet<string>;
  readonly subgroups: boolean;
  readonly subgroupMatrices: boolean;
}

/** A graph has a thousand dispatches of some thirty texts. */
const scans = new Map<string, Scan>();

function scan(text: string): Scan {
  const known = scans.get(text);
  if (known) return known;
  const made: Scan = {
    bindings: [...text.matchAll(BINDING)].map(([, index, mode, variable = '']) => ({
      index: Number(index),
      access: mode === 'read_write' ? 'read_write' : 'read',
      variable,
    })),
    words: new Set(text.match(/\b\w+\b/g)),
    parameters: new Set([...text.matchAll(/\bp\.(\w+)/g)].map(([, name = '']) => name)),
    subgroups: SUBGROUPS.test(text),
    subgroupMatrices: SUBGROUP_MATRICES.test(text),
  };
  scans.set(text, made);
  return made;
}

/**
 * Puts the generated header (constants, and per bound operand its element type `X_T` and `X_N`, `X_H`, `X_W`,
 * `X_C`, `X_C4`, `X_STRIDE`, `X_OFFSET`, `X_BLOCK`, and `HAS_X` for an optional one; those that the body uses) before a
 * shader's body.
 *
 * @throws Error when a constant is not used in the body, or a binding's variable has another name than the dispatch says:
 * a misspelt name must not pass silently. (A name that is missing fails in the WGSL compiler.)
 */
export function buildShader(
  dispatch: Dispatch,
  operands: Readonly<Record<string, Operand>>,
  optional: readonly string[] = [],
): BuiltShader {
  const { shader, bindings, constants, parameters } = dispatch;
  const text = [...(shader.includes ?? []), shader.body].join('\n');
  const { bindings: declared, words, parameters: read, subgroups, subgroupMatrices } = scan(text);
  const access: Access[] = [];
  for (const { index, access: mode, variable } of declared) {
    if (bindings[index] !== variable)
      throw new Error(
        `shader ${shader.name}: binding ${index} is '${variable}', the dispatch binds '${bindings[index]}'`,
      );
    access[index] = mode;
  }
  for (let i = 0; i < bindings.length; i++)
    if (access[i] === undefined)
      throw new Error(`shader ${shader.name}: nothing is declared for binding ${i} ('${bindings[i]}')`);
  for (const name of Object.keys(constants))
    if (!words.has(name)) throw new Error(`shader ${shader.name}: constant ${name} is not used`);
  for (const name of Object.keys(parameters ?? {}))
    if (!read.has(name)) throw new Error(`shader ${shader.name}: parameter ${name} is not used`);
  if (parameters) access.push('uniform');

  // What the body does not ask for would make two pipelines of one.
  const used = (name: string): boolean => words.has(name);
  const extents = (name: string): boolean => parameters === undefined && used(name);
  const header = [
    ...Object.entries(constants).map(([name, value]) => wgslConstant(name, value)),
    ...bindings.flatMap((name) => {
      const isOptional = optional.includes(name);
      const operand = operands[name] ?? (isOptional ? absent(bindings, operands) : undefined);
      const has = `HAS_${name.toUpperCase()}`;
      return [
        ...(isOptional && used(has) ? [wgslConstant(has, operands[name] !== undefined)] : []),
        ...(operand ? operandHeader(name, operand, extents) : []),
      ];
    }),
    ...(parameters ? parameterHeader(Object.keys(parameters), bindings.length) : []),
  ];
  const enabled = [
    ...(/\bf16\b/.test(header.join('\n')) ? ['enable f16;'] : []),
    ...(subgroups ? ['enable subgroups;'] : []),
    ...(subgroupMatrices ? ['enable chromium_experimental_subgroup_matrix;'] : []),
  ];
  return {
    name: shader.name,
    code: [...enabled, ...header, text].join('\n'),
    access,
    ...(parameters ? { parameters: Uint32Array.from(Object.values(parameters)) } : {}),
  };
}
