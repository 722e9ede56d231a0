import { describe, expect, it } from 'vitest';
import { memorySink } from '../../src/weights/index.js';
import { Message } from '../../tools/export-onnx/protobuf.js';
import { ReadMessage, readFields } from './protobuf-reader.js';

async function encoded(message: Message): Promise<Uint8Array> {
  const sink = memorySink();
  await message.write(sink);
  return sink.bytes();
}

describe('protobuf writer', () => {
  it("writes the bytes of the encoding guide's examples", async () => {
    // https://protobuf.dev/programming-guides/encoding/: a: 150; b: "testing"; c: { a: 150 }
    const inner = new Message().integer(1, 150);
    const bytes = await encoded(new Message().integer(1, 150).string(2, 'testing').message(3, inner));
    expect(Buffer.from(bytes).toString('hex')).toBe('089601120774657374696e671a03089601');
  });

  it.each([0, 1, 127, 128, 16_384, 2 ** 31, 2 ** 53 - 1, -1, -128])('keeps the integer %d', async (value) => {
    const bytes = await encoded(new Message().integer(16, value));
    expect(new ReadMessage(bytes).integers(16)).toEqual([value]);
    // A negative int64 always takes ten bytes.
    if (value < 0) expect(bytes.byteLength).toBe(12);
  });

  it('keeps real numbers, text beyond ASCII, and empty fields', async () => {
    const bytes = await encoded(
      new Message().float(2, 0.1).string(3, '3×3 µ').string(3, '').bytes(4, new Uint8Array()),
    );
    const message = new ReadMessage(bytes);
    expect(message.all(2)[0]?.float).toBe(Math.fround(0.1));
    expect(message.strings(3)).toEqual(['3×3 µ', '']);
    expect(message.bytes(4).byteLength).toBe(0);
  });

  it('makes large fields one by one while it writes, and says their lengths before', async () => {
    const sizes = [3, 1 << 16, 200_000, 0, (1 << 16) + 1];
    const made: number[] = [];
    const tensors = new Message();
    sizes.forEach((size, i) => {
      tensors.deferred(i + 1, size, async () => {
        made.push(size);
        return new Uint8Array(size).fill(i + 1);
      });
    });
    const message = new Message().message(7, tensors).integer(1, 8);
    const writes: number[] = [];
    const sink = memorySink();
    const counting = {
      async write(bytes: Uint8Array) {
        writes.push(bytes.byteLength);
        await sink.write(bytes);
      },
    };
    expect(made).toEqual([]);
    const progress: number[] = [];
    await message.write(counting, (bytes) => progress.push(bytes));
    expect(made).toEqual(sizes);
    expect(sink.bytes().byteLength).toBe(message.byteLength);
    expect(progress.at(-1)).toBe(message.byteLength);
    expect(Math.max(...writes)).toBe(200_000);
    const read = new ReadMessage(sink.bytes()).message(7);
    sizes.forEach((size, i) => {
      expect(Buffer.compare(read.bytes(i + 1), Buffer.alloc(size, i + 1))).toBe(0);
    });
  });

  it('refuses a field whose bytes are not as many as it said', async () => {
    const message = new Message().deferred(1, 4, async () => new Uint8Array(3));
    await expect(encoded(message)).rejects.toThrow('a field of 4 bytes was made of 3');
  });
});

describe('the reader of these tests', () => {
  it.each([
    ['a length beyond the end', [0x0a, 5, 1]],
    ['a varint without an end', [0x08, 0x80]],
    ['a wire type that is not used', [0x0b]],
    ['field 0', [0x00, 0x01]],
  ])('refuses %s', (_, bytes) => {
    expect(() => readFields(Uint8Array.from(bytes))).toThrow();
  });
});
