/** A field as it lies in the file: an integer, 32 bits, or bytes. */
export interface Field {
  readonly number: number;
  readonly integer?: bigint;
  readonly float?: number;
  readonly bytes?: Uint8Array;
}

/** Reads the fields of one message, and throws for what the wire format does not allow. */
export function readFields(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new Error(`no varint ends before byte ${at}`);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  const fields: Field[] = [];
  while (at < bytes.byteLength) {
    const tag = Number(varint());
    const number = tag >> 3;
    if (number < 1) throw new Error(`field ${number} before byte ${at}`);
    switch (tag & 7) {
      case 0:
        fields.push({ number, integer: varint() });
        break;
      case 2: {
        const length = Number(varint());
        if (at + length > bytes.byteLength) throw new Error(`field ${number} reaches beyond the message`);
        fields.push({ number, bytes: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      case 5:
        fields.push({ number, float: view.getFloat32(at, true) });
        at += 4;
        break;
      default:
        throw new Error(`field ${number} has the wire type ${tag & 7}`);
    }
  }
  return fields;
}

/** A message with its fields by number. */
export class ReadMessage {
  readonly #fields: readonly Field[];

  constructor(bytes: Uint8Array) {
    this.#fields = readFields(bytes);
  }

  all(number: number): readonly Field[] {
    return this.#fields.filter((field) => field.number === number);
  }

  integers(number: number): number[] {
    return this.all(number).map(({ integer }) => Number(integer));
  }

  strings(number: number): string[] {
    return this.all(number).map(({ bytes }) => new TextDecoder().decode(bytes));
  }

  string(number: number): string {
    return this.strings(number)[0] ?? '';
  }

  bytes(number: number): Uint8Array {
    return this.all(number)[0]?.bytes ?? new Uint8Array();
  }

  messages(number: number): ReadMessage[] {
    return this.all(number).map(({ bytes = new Uint8Array() }) => new ReadMessage(bytes));
  }

  message(number: number): ReadMessage {
    return new ReadMessage(this.bytes(number));
  }
}
