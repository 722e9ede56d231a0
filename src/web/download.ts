import { inputError, ZianError } from '../errors.js';
import { type ByteSource, blobSource, createSha256 } from '../weights/index.js';

/** How a model is downloaded. */
export interface DownloadOptions {
  /** What its bytes must hash to: 64 hexadecimal digits. */
  readonly sha256?: string | undefined;
  /** Whether it is kept in the origin's Cache Storage, and taken from there the next time. */
  readonly cache?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with bytes done and in all; without the latter where the server does not tell. */
  readonly onProgress?: ((done: number, total?: number) => void) | undefined;
}

/** Where downloaded models are kept: `caches.delete(MODEL_CACHE)` removes them all. */
export const MODEL_CACHE = 'zian-webgpu-models';

/** Says what the kept bytes were found to hash to. */
const DIGEST_HEADER = 'x-zian-sha256';

/**
 * Downloads a model as a stream. It is kept as a Blob, which browsers hold on disk when it is large, or in Cache Storage.
 * @throws ZianError (input) when it cannot be downloaded or does not hash to `sha256`; `signal.reason` when aborted
 */
export async function downloadModel(location: string | URL, options: DownloadOptions): Promise<ByteSource> {
  const { sha256, cache = sha256 !== undefined, signal } = options;
  signal?.throwIfAborted();
  const { href } = new URL(location, globalThis.location?.href);
  const name = decodeURIComponent(new URL(href).pathname.split('/').at(-1) ?? '') || href;
  const store = cache && /^https?:/.test(href) ? await openStore() : undefined;
  const blob =
    (await kept(store, href, sha256)) ??
    (await keep(store, href, name, options)) ??
    (await new Response(await checkedStream(href, name, options)).blob());
  signal?.throwIfAborted();
  return blobSource(name, blob);
}

/** Cache Storage is missing in insecure contexts, and forbidden in some private modes. */
async function openStore(): Promise<Cache | undefined> {
  return await globalThis.caches?.open(MODEL_CACHE).catch(() => undefined);
}

async function kept(store: Cache | undefined, href: string, sha256?: string): Promise<Blob | undefined> {
  const response = await store?.match(href);
  if (!response || (sha256 !== undefined && response.headers.get(DIGEST_HEADER) !== sha256.toLowerCase()))
    return undefined;
  return await response.blob();
}

/** Downloads into the store. Undefined where the store does not take it: then it is used without being kept. */
async function keep(
  store: Cache | undefined,
  href: string,
  name: string,
  options: DownloadOptions,
): Promise<Blob | undefined> {
  if (!store) return undefined;
  let failure: unknown;
  const stream = await checkedStream(href, name, options, (error) => {
    failure = error;
  });
  const { sha256 } = options;
  const headers = sha256 === undefined ? {} : { [DIGEST_HEADER]: sha256.toLowerCase() };
  try {
    await store.put(href, new Response(stream, { headers }));
  } catch {
    options.signal?.throwIfAborted();
    if (failure !== undefined) throw failure;
    return undefined;
  }
  return await (await store.match(href))?.blob();
}

/** The body of the answer, counted and hashed on the way; it fails at its end where the hash is another. */
async function checkedStream(
  href: string,
  name: string,
  { sha256, signal, onProgress }: DownloadOptions,
  onFailure?: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const { body, total } = await request(href, name, signal);
  const reader = body.getReader();
  const hash = sha256 === undefined ? undefined : createSha256();
  let done = 0;
  const fail = (error: unknown): unknown => {
    const told =
      error instanceof ZianError || signal?.aborted
        ? error
        : inputError(`${name}: the download broke off after ${done} bytes; try again.`, { cause: error });
    onFailure?.(told);
    return told;
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value } = await reader.read();
        if (value) {
          hash?.update(value);
          done += value.byteLength;
          onProgress?.(done, total);
          controller.enqueue(value);
          return;
        }
        checkDigest(name, hash?.digestHex(), sha256);
        controller.close();
      } catch (error) {
        controller.error(fail(error));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

async function request(href: string, name: string, signal?: AbortSignal) {
  let response: Response;
  try {
    response = await fetch(href, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    throw inputError(
      `${href} could not be downloaded; check the address and the connection, and whether its server lets this page read it.`,
      { cause },
    );
  }
  if (!response.ok || !response.body)
    throw inputError(`${name}: the server answered ${response.status} ${response.statusText} for ${href}.`);
  // Of a compressed answer only the length before decompression is told.
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  return { body: response.body, ...(length === null ? {} : { total: Number(length) }) };
}

/** @throws ZianError (input) when the digest is not the one that was asked for */
export function checkDigest(name: string, digest: string | undefined, wanted: string | undefined): void {
  if (wanted === undefined || digest === wanted.toLowerCase()) return;
  throw inputError(
    `${name} is not the file that was expected: its SHA-256 is ${digest}, not ${wanted}; it was changed or damaged on the way.`,
  );
}
