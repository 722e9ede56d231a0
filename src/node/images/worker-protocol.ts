import type { ErrorKind } from '../../errors.js';
import type { RgbaImage } from '../../zian/image.js';
import type { OverlayJob } from './jobs.js';

/** What a worker is asked to do. */
export type WorkerRequest =
  | { readonly kind: 'decode'; readonly path: string }
  | { readonly kind: 'overlay'; readonly job: OverlayJob };

/** What it answers: errors lose their class on the way. */
export type WorkerResponse =
  | { readonly kind: 'image'; readonly image: RgbaImage }
  | { readonly kind: 'picture'; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly error: ErrorKind | undefined; readonly message: string };
