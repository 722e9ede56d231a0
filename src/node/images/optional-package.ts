import { inputError } from '../../errors.js';

/**
 * Loads a package that need not be installed.
 *
 * @param file the one that needs it, for the message
 * @param what the kind of that file, such as `a TIFF image`
 * @throws ZianError (input) where the package is not installed
 */
export async function optionalPackage<T>(
  name: string,
  file: string,
  what: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw inputError(
      `${file}: it is ${what}, and the package '${name}', which reads those, is not installed; install it beside zian-webgpu: npm install ${name}`,
      { cause: error },
    );
  }
}
