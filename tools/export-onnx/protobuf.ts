import type { ByteSink } from '../../src/weights/index.js';

/** Bytes that are known, or bytes of known length that are made when it is their turn to be written. */
type Part = Uint8Array | { readonly byteLength: number; readonly make: () => Promise<Uint8Array> };

const WIRE_VARINT = 0;
const WIRE_LENGTH = 2;
const WIRE_32BIT = 5;
/** Small parts are collected into writes of this many bytes. */
const CHUNK = 1 << 16;

/** Base-128 with the low seven bits first; a negative number as its 64-bit two's complement, as int64 wants it. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/**
 * A protobuf message under construction (https://protobuf.dev/programming-guides/encoding/). Every length is known
 * when a field is added, so that a model is written front to back although its large tensors lie inside of nested
 * messages, and only one of them is in memory at a time.
 */
export class Message {
  readonly #parts: Part[] = [];
  #length = 0;

  /** Of the encoded message, in bytes. */
  get byteLength(): number {
    return this.#length;
  }

  /** An integer or enum field. */
  integer(field: number, value: number | bigint): this {
    return this.#tag(field, WIRE_VARINT).#add(varint(value));
  }

  /** A `float` field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, WIRE_32BIT).#add(bytes);
  }

  string(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  bytes(field: number, bytes: Uint8Array): this {
    return this.#tag(field, WIRE_LENGTH).#add(varint(bytes.byteLength)).#add(bytes);
  }

  /** A `bytes` field whose contents are made while the message is written. */
  deferred(field: number, byteLength: number, make: () => Promise<Uint8Array>): this {
    return this.#tag(field, WIRE_LENGTH).#add(varint(byteLength)).#add({ byteLength, make });
  }

  /** A nested message, which must not change any more. */
  message(field: number, nested: Message): this {
    this.#tag(field, WIRE_LENGTH).#add(varint(nested.byteLength));
    for (const part of nested.#parts) this.#add(part);
    return this;
  }

  /**
   * Writes the message front to back.
   * @param onProgress bytes written so far
   */
  async write(sink: ByteSink, onProgress: (bytes: number) => void = () => undefined): Promise<void> {
    const chunk = new Uint8Array(CHUNK);
    let filled = 0;
    let written = 0;
    const flush = async (bytes: Uint8Array): Promise<void> => {
      if (bytes.byteLength === 0) return;
      await sink.write(bytes);
      written += bytes.byteLength;
      onProgress(written);
    };
    for (const part of this.#parts) {
      const bytes = part instanceof Uint8Array ? part : await part.make();
      if (bytes.byteLength !== part.byteLength)
        throw new Error(`a field of ${part.byteLength} bytes was made of ${bytes.byteLength}`);
      if (filled + bytes.byteLength > CHUNK) {
        await flush(chunk.subarray(0, filled));
        filled = 0;
      }
      if (bytes.byteLength > CHUNK) {
        await flush(bytes);
      } else {
        chunk.set(bytes, filled);
        filled += bytes.byteLength;
      }
    }
    await flush(chunk.subarray(0, filled));
  }

  #tag(field: number, wire: number): this {
    return this.#add(varint(field * 8 + wire));
  }

  #add(part: Part): this {
    this.#parts.push(part);
    this.#length += part.byteLength;
    return this;
  }
}
