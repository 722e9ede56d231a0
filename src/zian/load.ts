import type { CompileProgress, EngineDevice, PassName } from '../graph/index.js';
import type { Tuner } from '../tuning/index.js';
import { openSafetensors } from '../weights/index.js';
import { checkedBatch } from './batch.js';
import { deviceSource, type OpenDevice } from './device-source.js';
import { LiveModel } from './live-model.js';
import { modelGraph } from './model-graph.js';
import { type ModelSource, openModelSource } from './model-source.js';

/**
 * How far `Zian.load` is: bytes downloaded (`total` where the server tells it), kernels measured (where that is wanted),
 * weights uploaded, pipelines compiled. After a lost device it begins again, without the download.
 */
export type LoadProgress =
  | { readonly stage: 'download'; readonly done: number; readonly total?: number }
  | { readonly stage: 'tuning'; readonly done: number; readonly total: number }
  | CompileProgress;

/** What `Zian.load` needs. */
export interface ZianOptions {
  /** A model file made by `zian convert`; it is read again by `stages`, and after a lost device. */
  readonly model: ModelSource;
  /** What the model file must hash to, in hexadecimal; without it the file is not hashed. */
  readonly sha256?: string;
  /**
   * Whether a downloaded model is kept in the origin's Cache Storage, and taken from there the next time; by default
   * where there is a `sha256`, by which a change is noticed. In Node nothing is kept.
   */
  readonly cache?: boolean;
  /**
   * The caller's own device, which is never destroyed, or a function that opens one, which is then the model's and
   * destroyed with it. Unless given one is opened, and destroyed with the model. Where the device can be opened again it is
   * replaced when it is lost: see `repeats`.
   */
  readonly device?: EngineDevice | GPUDevice | OpenDevice;
  /**
   * How often a call whose device is lost is repeated on a new device of the same adapter, with the same result: once unless
   * given. With 0, and where the device is the caller's, it rejects with `DeviceLostError`.
   */
  readonly repeats?: number;
  /** Precision of weights and activations; sums, coordinates and heat maps are f32 in any case. Default f32. */
  readonly dtype?: 'f32' | 'f16';
  /**
   * Images that the network computes at once, in `localizeBatch`: a mirrored image counts as one of its own. 1 unless given, 64 at
   * most. Every run then takes the memory and time of so many; results are the same bits for any batch.
   */
  readonly batch?: number;
  /** Rejects the load at once. What is under way, a weight or a few shaders, ends, and then all is freed. */
  readonly signal?: AbortSignal;
  /** Chooses kernel variants by measurements, or gives what does for a device; without it the defaults are taken. */
  readonly tuning?: Tuner | ((device: EngineDevice) => Promise<Tuner | undefined>);
  /** Called while the model is downloaded, kernels are measured, weights are uploaded and pipelines compiled. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /**
   * How long the GPU may be kept busy by one submit, in milliseconds, so that a slow one does not trip its driver's
   * watchdog: 1,000 unless given. A single layer is never cut.
   */
  readonly submitBudgetMilliseconds?: number;
  /** Graph passes to leave out; for tests and measurements. */
  readonly withoutPasses?: readonly PassName[];
}

/** See `Zian.load`. */
export async function loadModel(options: ZianOptions): Promise<LiveModel> {
  const { dtype = 'f32', signal, tuning, onProgress, withoutPasses, repeats = 1 } = options;
  const batch = checkedBatch(options.batch ?? 1);
  const { source, close } = await openModelSource(options.model, {
    sha256: options.sha256,
    cache: options.cache,
    signal,
    onProgress: (done, total) =>
      onProgress?.({ stage: 'download', done, ...(total === undefined ? {} : { total }) }),
  });
  // Nobody hears whether a file that was only read from could be closed.
  const end = (): void => void close?.().catch(() => undefined);
  try {
    const name = source.name;
    const file = await openSafetensors(source);
    const network = { ...modelGraph(file, name, dtype, withoutPasses), batch, name, dtype, file, source };
    signal?.throwIfAborted();
    return await LiveModel.load(network, deviceSource(options.device), repeats, end, {
      signal,
      onProgress,
      submitBudgetMilliseconds: options.submitBudgetMilliseconds,
      tuning: typeof tuning === 'function' ? tuning : async () => tuning,
    });
  } catch (error) {
    end();
    throw error;
  }
}
