import { sha256Source } from '../../tools/convert-weights/index.js';
import { openFileSource } from './file-source.js';
import { nodeSha256 } from './sha256.js';

/** SHA-256 of a file, in lower-case hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const source = await openFileSource(path);
  try {
    return await sha256Source(source, nodeSha256);
  } finally {
    await source.close();
  }
}
