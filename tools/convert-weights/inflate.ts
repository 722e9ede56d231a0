import { inputError, ZianError } from '../../src/errors.js';

/** One buffer's worth; a single deflated tensor is never near it. */
const MAX_INFLATED = 2 ** 31 - 1;

/**
 * Unpacks raw deflate data that must give exactly `size` bytes; unpacking stops where it gives more.
 *
 * @param what names the data in errors
 * @throws ZianError (input) where the data is damaged or of another size.
 */
export async function inflateRaw(packed: Uint8Array, size: number, what: string): Promise<Uint8Array> {
  if (size > MAX_INFLATED)
    throw inputError(`${what} would unpack to ${size} bytes, too many for one buffer.`);
  const content = new Uint8Array(size);
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  // Failures of the writing side surface on the reading side; they must not go unhandled here.
  const written = writer
    .write(packed.slice())
    .then(() => writer.close())
    .catch(() => undefined);
  const reader = stream.readable.getReader();
  let at = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (at + part.value.byteLength > size) {
        throw inputError(`${what} unpacks to more than the ${size} bytes that it declares.`);
      }
      content.set(part.value, at);
      at += part.value.byteLength;
    }
    await written;
  } catch (cause) {
    await reader.cancel().catch(() => undefined);
    if (cause instanceof ZianError) throw cause;
    throw inputError(`${what} is damaged: it cannot be unpacked.`, { cause });
  }
  if (at !== size) throw inputError(`${what} is damaged: it unpacks to ${at} bytes instead of ${size}.`);
  return content;
}
