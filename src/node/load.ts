import type { DeviceReport, EngineDevice } from '../graph/device.js';
import { Tuner, type TuningMode, type TuningTable } from '../tuning/index.js';
import { type LoadProgress, Zian } from '../zian/zian.js';
import { openDevice } from './adapters.js';
import { openFileSource } from './file-source.js';
import { readTuning, writeTuning } from './tuning-file.js';

/** Much less than a model takes to load, several times what a GPU takes for all kernels of one. */
const TUNING_MILLISECONDS = 3000;

/** How a model is loaded; see `loadZian`. */
export interface LoadOptions {
  /** The adapter to open, as `openDevice` takes it; `auto` unless given. Without meaning if there is a `device`. */
  readonly adapter?: string;
  /** A device of the caller's, who also destroys it. */
  readonly device?: EngineDevice;
  /** Precision of weights and activations on the device; f32 unless given. */
  readonly dtype?: 'f32' | 'f16';
  /**
   * Whether kernel variants are chosen by measurements, which are kept in the user's cache for each adapter and driver:
   * `measure` measures what is missing, for up to `tuningMilliseconds`; `use` takes what is there; `off` takes the
   * defaults. Unless given, hardware adapters are measured; software ones are not, whose defaults have been.
   */
  readonly tuning?: TuningMode;
  /** 3,000 unless given. */
  readonly tuningMilliseconds?: number;
  /** Images that the network computes at once in `localizeBatch`, as in `ZianOptions`; 1 unless given. */
  readonly batch?: number;
  /** How often a call is repeated on a new device where its own is lost, as in `ZianOptions`; once unless given. */
  readonly repeats?: number;
  /** Takes the line that says when `auto` falls back to a software adapter; by default it goes to stderr. */
  readonly log?: (line: string) => void;
  /** Called while weights are uploaded and pipelines compiled. */
  readonly onProgress?: (progress: Exclude<LoadProgress, { stage: 'download' }>) => void;
  /** Stops loading after the weight or the few shaders that are under way. */
  readonly signal?: AbortSignal;
}

/** A model with the device that it is on, which is another one after a loss. */
export interface LoadedModel {
  readonly zian: Zian;
  readonly device: EngineDevice;
  /** Frees the model, closes its file, and destroys the device if it was opened here. May be called again. */
  close(): Promise<void>;
}

/**
 * Loads a model file, as `zian convert` makes it, on an adapter of this machine.
 *
 * @throws ZianError: input where the file is no usable model, usage or device where there is no such adapter;
 * `signal.reason` when that is aborted
 */
export async function loadZian(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const { dtype, batch, onProgress, log, signal, repeats } = options;
  const source = await openFileSource(path);
  let tuned:
    | { readonly report: DeviceReport; readonly table: TuningTable; readonly known: number }
    | undefined;
  try {
    const zian = await Zian.load({
      model: source,
      device: options.device ?? (() => openDevice(options.adapter, log === undefined ? {} : { log })),
      tuning: async ({ report }) => {
        const mode = options.tuning ?? (report.software ? 'use' : 'measure');
        if (mode === 'off') return undefined;
        const table = await readTuning(report);
        tuned = { report, table, known: table.size };
        const budgetMilliseconds =
          mode === 'measure' ? (options.tuningMilliseconds ?? TUNING_MILLISECONDS) : 0;
        return new Tuner(table, { budgetMilliseconds });
      },
      ...(repeats === undefined ? {} : { repeats }),
      ...(dtype === undefined ? {} : { dtype }),
      ...(batch === undefined ? {} : { batch }),
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => {
        if (progress.stage !== 'download') onProgress?.(progress);
      },
    });
    // A cache that cannot be written costs the next start some time, and is no reason to fail.
    if (tuned && tuned.table.size !== tuned.known)
      await writeTuning(tuned.report, tuned.table).catch(() => undefined);
    return {
      zian,
      get device() {
        return zian.device;
      },
      close: async () => {
        zian.destroy();
        await source.close();
      },
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}
