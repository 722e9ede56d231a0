import { deviceError } from '../../src/errors.js';
import type { EngineDevice } from '../../src/graph/index.js';
import { requestDevice } from '../../src/web/request-device.js';
import type { Zian } from '../../src/zian/zian.js';
import type { Handlers } from './calls.js';
import { type LoadedModel, loadModel } from './model.js';
import { drawOverlay } from './overlay.js';
import { profileStages } from './profile.js';
import { runPicture } from './run.js';

type EngineCalls = 'open' | 'load' | 'localize' | 'overlay' | 'profile' | 'loseDevice';

/** The device and the model that the page works with: one of each at a time. */
export class EngineSession {
  readonly #onLost: (lost: { readonly reason: string; readonly message: string }) => void;
  #device: EngineDevice | undefined;
  #loaded: LoadedModel | undefined;

  constructor(onLost: (lost: { readonly reason: string; readonly message: string }) => void) {
    this.#onLost = onLost;
  }

  /** @throws ZianError (device) when none is open or it was lost */
  get device(): EngineDevice {
    if (!this.#device) throw deviceError('No GPU device is open.');
    return this.#device;
  }

  /** @throws ZianError (device) when no model is ready on the device */
  get model(): LoadedModel {
    if (!this.#loaded) throw deviceError('No model is loaded on the GPU device.');
    return this.#loaded;
  }

  /** @throws ZianError (device) when no model is ready on the device */
  get zian(): Zian {
    return this.model.zian;
  }

  readonly calls: Handlers<EngineCalls> = {
    open: async () => {
      this.#device ??= await this.#open();
      return this.#device.report;
    },
    load: async (source, context) => {
      const { device } = this;
      this.#unload();
      const loaded = await loadModel(source, device, context);
      if (context.signal.aborted || device !== this.#device) {
        loaded.zian.destroy();
        context.signal.throwIfAborted();
      }
      this.#loaded = loaded;
      return loaded.summary;
    },
    localize: (picture, context) => runPicture(this.model, picture, context),
    overlay: ({ picture, findings }) => {
      const { regionLabels = [], notice } = this.#loaded?.summary ?? {};
      return drawOverlay(picture, findings, regionLabels, notice);
    },
    profile: () => profileStages(this.zian),
    loseDevice: async () => {
      this.device.gpu.destroy();
      return null;
    },
  };

  async #open(): Promise<EngineDevice> {
    const device = await requestDevice();
    void device.lost.then((lost) => {
      if (this.#device !== device) return;
      this.#unload();
      this.#device = undefined;
      this.#onLost(lost);
    });
    return device;
  }

  #unload(): void {
    this.#loaded?.zian.destroy();
    this.#loaded = undefined;
  }
}
