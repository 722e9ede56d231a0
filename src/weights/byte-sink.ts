/** Where a writer puts its bytes, in order. The bytes may be reused by the caller once `write` resolves. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** A sink that keeps everything in memory, for browsers and tests. */
export function memorySink(): ByteSink & { bytes(): Uint8Array<ArrayBuffer> } {
  const parts: Uint8Array[] = [];
  let length = 0;
  return {
    async write(bytes) {
      parts.push(bytes.slice());
      length += bytes.byteLength;
    },
    bytes() {
      const all = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.byteLength;
      }
      return all;
    },
  };
}
