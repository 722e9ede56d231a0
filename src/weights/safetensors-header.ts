import { inputError } from '../errors.js';
import { isPlainName } from '../printable.js';
import { elementCount, isSafetensorsDtype, SAFETENSORS_DTYPES, type SafetensorsDtype } from './dtype.js';
import { findDuplicateKey } from './json-duplicates.js';
import { exceededLimit, type JsonLimits } from './json-limits.js';
import { quote } from './quote.js';

/**
 * The longest JSON header that is read and written here. The format's own cap is 100,000,000, which takes seconds and
 * gigabytes to parse; a ZIAN model's has 0.4 MB.
 */
export const MAX_HEADER_BYTES = 25_000_000;

/** Tensors have three containers each: these are 100,000 tensors. */
const LIMITS: JsonLimits = { depth: 16, containers: 300_016, commas: 1_500_000 };

/** As in PyTorch. */
const MAX_DIMENSIONS = 64;

/** One tensor of a safetensors file. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Where its bytes start, counted from the start of the data (not of the file). */
  readonly offset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Readonly<Record<string, string>>;
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string, file: string): JsonObject {
  if (exceededLimit(text, LIMITS) !== undefined) {
    throw inputError(
      `${file} is refused: its header is nested more than ${LIMITS.depth} deep, or lists far more than any model has tensors.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw inputError(`${file} is not a valid safetensors file: its header is not JSON.`, { cause });
  }
  if (!isObject(value)) throw inputError(`${file} is not a valid safetensors file: its header is no object.`);
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) {
    throw inputError(`${file} is not a valid safetensors file: its header has ${quote(duplicate)} twice.`);
  }
  return value;
}

const oddName = (file: string, what: string) =>
  inputError(
    `${file} is refused: ${what} has control characters or "__proto__" in its name, which no model has.`,
  );

function parseMetadata(value: unknown, file: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) {
    throw inputError(`${file} is not a valid safetensors file: __metadata__ must be an object of strings.`);
  }
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text !== 'string') {
      throw inputError(
        `${file} is not a valid safetensors file: metadata ${quote(key)} must be a string, not ${typeof text}.`,
      );
    }
    if (!isPlainName(key)) throw oddName(file, `the metadata ${quote(key, 80)}`);
    return [key, text];
  });
  return Object.fromEntries(entries);
}

function parseTensor(name: string, value: unknown, file: string): TensorInfo {
  const fail = (what: string) => inputError(`${file}: tensor ${quote(name)} ${what}.`);
  if (!isPlainName(name)) throw oddName(file, `the tensor ${quote(name, 80)}`);
  if (!isObject(value)) throw fail('has no dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isSafetensorsDtype(dtype)) {
    const found = typeof dtype === 'string' ? quote(dtype, 40) : `of type ${typeof dtype}`;
    throw fail(`has the dtype ${found}, which is not one that is known here`);
  }
  if (!Array.isArray(shape)) throw fail('has no shape');
  if (shape.length > MAX_DIMENSIONS) throw fail(`has ${shape.length} dimensions`);
  const count = elementCount(shape);
  if (count === undefined)
    throw fail('has a shape that is no list of non-negative integers, or is too large');
  if (!Array.isArray(offsets) || offsets.length !== 2) throw fail('has no pair of data_offsets');
  const [begin, end]: unknown[] = offsets;
  const valid = Number.isSafeInteger(begin) && Number.isSafeInteger(end);
  if (!valid || typeof begin !== 'number' || typeof end !== 'number' || begin < 0 || end < begin) {
    throw fail('has data_offsets that are not two non-negative integers in order');
  }
  const byteLength = count * SAFETENSORS_DTYPES[dtype];
  if (end - begin !== byteLength) {
    throw fail(`has ${end - begin} bytes, but its shape [${shape}] of ${dtype} needs ${byteLength}`);
  }
  return { name, dtype, shape: shape.map(Number), offset: begin, byteLength };
}

/** The tensors must tile the data: from 0, without a hole or an overlap, to its last byte. */
function checkTiling(tensors: readonly TensorInfo[], dataBytes: number, file: string): void {
  let at = 0;
  for (const { name, offset, byteLength } of tensors) {
    if (offset !== at) {
      const what = offset < at ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw inputError(`${file}: tensor ${quote(name)} ${what}: it starts at ${offset} instead of ${at}.`);
    }
    at += byteLength;
  }
  if (at > dataBytes) {
    throw inputError(
      `${file} is truncated: its tensors need ${at} bytes, but only ${dataBytes} are there; copy or download it again.`,
    );
  }
  if (at < dataBytes) {
    throw inputError(
      `${file} is not a valid safetensors file: ${dataBytes - at} bytes follow the last tensor.`,
    );
  }
}

/**
 * Reads and checks the JSON header.
 *
 * @param json the header's bytes, padding included
 * @param dataBytes how many bytes follow the header in the file
 * @throws ZianError (input) where anything deviates from the format
 */
export function parseHeader(json: Uint8Array, dataBytes: number, file: string): SafetensorsHeader {
  if (json[0] !== 0x7b) {
    throw inputError(`${file} is not a valid safetensors file: its header does not begin with "{".`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(json);
  } catch (cause) {
    throw inputError(`${file} is not a valid safetensors file: its header is not UTF-8.`, { cause });
  }
  const { __metadata__: metadata, ...rest } = parseJson(text, file);
  const tensors = Object.entries(rest)
    .map(([name, value]) => parseTensor(name, value, file))
    .sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  checkTiling(tensors, dataBytes, file);
  return { tensors, metadata: parseMetadata(metadata, file) };
}

/** The header's bytes, length included, padded with spaces so that the data starts at a multiple of 8. */
export function encodeHeader({ tensors, metadata }: SafetensorsHeader): Uint8Array<ArrayBuffer> {
  const fields: [string, unknown][] = tensors.map(({ name, dtype, shape, offset, byteLength }) => [
    name,
    { dtype, shape, data_offsets: [offset, offset + byteLength] },
  ]);
  if (Object.keys(metadata).length > 0) fields.unshift(['__metadata__', metadata]);
  // Written field by field: an object would put names that look like integers first.
  const body = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',');
  const json = new TextEncoder().encode(`{${body}}`);
  const padded = Math.ceil(json.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  return bytes;
}
