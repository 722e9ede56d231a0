import { DeviceLostError, deviceError, OutOfMemoryError } from '../errors.js';
import { noteSubgroupMatrices, SUBGROUP_MATRIX } from './subgroup-matrix.js';

/** Optional features that the engine uses where an adapter has them; `has` says which were granted. */
const WANTED_FEATURES = ['shader-f16', 'timestamp-query', 'subgroups', SUBGROUP_MATRIX];

/**
 * The limits that the engine looks at, with WebGPU's defaults: it runs within these and uses more where
 * an adapter offers more. Buffer sizes and workgroup storage are in bytes.
 */
export const DEFAULT_LIMITS = {
  maxBufferSize: 268_435_456,
  maxStorageBufferBindingSize: 134_217_728,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65_535,
} as const;

export type LimitName = keyof typeof DEFAULT_LIMITS;
const LIMIT_NAMES = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies LimitName[];

/** What an adapter calls itself, and what it has or granted. Strings that it does not tell are empty. */
export interface DeviceReport {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** The graphics interface underneath, e.g. `vulkan`; empty where the platform does not tell. */
  readonly backend: string;
  /** It computes on the CPU. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<LimitName, number>>;
}

/** What a caller knows about an adapter and WebGPU does not tell. */
export interface AdapterHints {
  readonly name?: string;
  readonly backend?: string;
  /** How to wait for the adapter's work where the platform's own way takes too much of the host's time. */
  readonly wait?: <T>(work: Promise<T>) => Promise<T>;
}

export interface DeviceLoss {
  /** `destroyed` or `unknown`, as WebGPU gives it. */
  readonly reason: string;
  readonly message: string;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|\bwarp\b|basic render/i;

/** Describes an adapter, or a device by its adapter's info. */
export function describe(
  { features, limits }: Pick<GPUAdapter | GPUDevice, 'features' | 'limits'>,
  info: GPUAdapterInfo | undefined,
  hints: AdapterHints = {},
): DeviceReport {
  const { vendor = '', architecture = '', device = '', description = '' } = info ?? {};
  const known = [description, device, `${vendor} ${architecture}`.trim()].find((text) => text !== '');
  const name = hints.name ?? known ?? 'unnamed adapter';
  return {
    name,
    vendor,
    architecture,
    description,
    backend: hints.backend ?? '',
    // Not every browser tells isFallbackAdapter, so well-known names count as well.
    software: info?.isFallbackAdapter === true || SOFTWARE.test(`${name} ${architecture} ${description}`),
    features: [...features].sort(),
    limits: readLimits(limits),
  };
}

function readLimits(limits: GPUSupportedLimits): Record<LimitName, number> {
  const values: Record<LimitName, number> = { ...DEFAULT_LIMITS };
  for (const name of LIMIT_NAMES) values[name] = limits[name];
  return values;
}

/**
 * Which adapter and driver something was measured or found out on. Browsers do not tell the driver's version; there it
 * may outlive a driver.
 */
export const adapterKey = ({ name, vendor, architecture, description, backend }: DeviceReport): string =>
  [name, vendor, architecture, description, backend].filter((part) => part !== '').join(' | ');

/** Dawn's messages run over several lines; an error here is one sentence. */
const oneLine = (message: string): string => message.replace(/\s+/g, ' ').trim();

const SCOPE_SAYS: Readonly<Record<GPUErrorFilter, string>> = {
  validation: 'the GPU device refused the call',
  'out-of-memory': 'the GPU is out of memory',
  internal: 'the GPU driver failed',
};
const ALL_SCOPES = ['validation', 'out-of-memory', 'internal'] as const satisfies GPUErrorFilter[];

/**
 * A GPU device with what the engine needs to know and to watch. After a loss WebGPU itself is silent (error
 * scopes return null, compilations and `onSubmittedWorkDone` resolve), so every run asks `assertAlive`.
 */
export class EngineDevice {
  readonly gpu: GPUDevice;
  readonly report: DeviceReport;
  /** Whether `destroy` destroys the GPU device: true unless it was wrapped. */
  readonly owned: boolean;
  /** Settles when the device is lost or destroyed; never rejects. */
  readonly lost: Promise<DeviceLoss>;
  readonly #wait: AdapterHints['wait'];
  #loss: DeviceLoss | undefined;
  #uncaptured: string | undefined;

  private constructor(gpu: GPUDevice, report: DeviceReport, owned: boolean, wait?: AdapterHints['wait']) {
    this.gpu = gpu;
    this.report = report;
    this.owned = owned;
    this.#wait = wait;
    this.lost = gpu.lost.then(({ reason, message }) => {
      this.#loss ??= { reason, message: oneLine(message) };
      return this.#loss;
    });
    gpu.addEventListener('uncapturederror', this.#onUncaptured);
  }

  /**
   * A device with every feature and limit that the engine can use and the adapter has. It consumes the adapter.
   * @throws ZianError (device) when the adapter gives none.
   */
  static async request(adapter: GPUAdapter, hints: AdapterHints = {}): Promise<EngineDevice> {
    const { name } = describe(adapter, adapter.info, hints);
    let gpu: GPUDevice;
    try {
      gpu = await adapter.requestDevice({
        label: 'zian-webgpu',
        // A feature that the adapter lacks would be refused with a bare number for its name.
        requiredFeatures: WANTED_FEATURES.filter((name): name is GPUFeatureName =>
          adapter.features.has(name),
        ),
        requiredLimits: readLimits(adapter.limits),
      });
    } catch (error) {
      const why = error instanceof Error ? oneLine(error.message) : String(error);
      throw deviceError(`The adapter '${name}' gave no device: ${why}`, { cause: error });
    }
    noteSubgroupMatrices(gpu, adapter.info);
    return new EngineDevice(gpu, describe(gpu, adapter.info, hints), true, hints.wait);
  }

  /**
   * Takes the caller's own device, with whatever features and limits it was made with; it is never destroyed here.
   * @param info for browsers whose `GPUDevice` has no `adapterInfo`
   */
  static wrap(device: GPUDevice, info?: GPUAdapterInfo, hints: AdapterHints = {}): EngineDevice {
    noteSubgroupMatrices(device, info ?? device.adapterInfo);
    return new EngineDevice(device, describe(device, info ?? device.adapterInfo, hints), false, hints.wait);
  }

  /** Whether the device was granted a feature. */
  has(feature: GPUFeatureName): boolean {
    return this.gpu.features.has(feature);
  }

  /** Waits for something that the device has still to do. */
  wait<T>(work: Promise<T>): Promise<T> {
    return this.#wait ? this.#wait(work) : work;
  }

  /** That the device was lost or destroyed, as an error to throw; undefined while it is alive. */
  get loss(): DeviceLostError | undefined {
    if (!this.#loss) return undefined;
    const { reason, message } = this.#loss;
    return new DeviceLostError(
      reason,
      reason === 'destroyed'
        ? `The GPU device '${this.report.name}' was destroyed; open a new one.`
        : `The GPU device '${this.report.name}' was lost (${message || 'no reason given'}); open a new one, and where this happens again, update its driver or take another adapter.`,
    );
  }

  /**
   * Whether the device is lost, also where that is only about to be told: what fails because of a loss may fail a moment
   * before WebGPU says why.
   * @param milliseconds how long to wait for the news
   */
  async isLostWithin(milliseconds: number): Promise<boolean> {
    if (this.#loss) return true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([this.lost, silence]);
    clearTimeout(timer);
    return this.#loss !== undefined;
  }

  /**
   * @throws DeviceLostError when the device was lost or destroyed; ZianError (device), once, when it has reported an error
   * that no error scope caught: what was computed since the last call cannot be trusted.
   */
  assertAlive(): void {
    const { loss } = this;
    if (loss) throw loss;
    const uncaptured = this.#uncaptured;
    if (uncaptured !== undefined) {
      this.#uncaptured = undefined;
      throw deviceError(`The GPU device '${this.report.name}' reported an error: ${uncaptured}`);
    }
  }

  /**
   * Runs one synchronous call of WebGPU and returns its result once the device has accepted it. The error scopes
   * are opened and closed around `fn` without a pause, so that tasks running at the same time do not mix them up.
   * @param what for the error: what is being done, e.g. `creating the buffer 'stem'`
   * @throws ZianError (device) with the device's message, also when the device is lost; OutOfMemoryError
   */
  async scoped<T>(what: string, fn: () => T, scopes: readonly GPUErrorFilter[] = ALL_SCOPES): Promise<T> {
    this.assertAlive();
    for (const scope of scopes) this.gpu.pushErrorScope(scope);
    const errors: Promise<{ scope: GPUErrorFilter; error: GPUError | null }>[] = [];
    let result: T;
    try {
      result = fn();
    } finally {
      for (const scope of scopes.toReversed()) {
        errors.push(
          this.gpu.popErrorScope().then(
            (error) => ({ scope, error }),
            () => ({ scope, error: null }), // The device is gone; assertAlive tells.
          ),
        );
      }
    }
    const failed = (await Promise.all(errors)).find(({ error }) => error !== null);
    if (failed) {
      const message = `${what}: ${SCOPE_SAYS[failed.scope]}: ${oneLine(failed.error?.message ?? '')}`;
      throw failed.scope === 'out-of-memory' ? new OutOfMemoryError(message) : deviceError(message);
    }
    this.assertAlive();
    return result;
  }

  /** Frees the GPU device where it is ours; a wrapped one is only let go of. May be called again. */
  destroy(): void {
    this.gpu.removeEventListener('uncapturederror', this.#onUncaptured);
    if (!this.owned) return;
    this.#loss ??= { reason: 'destroyed', message: 'destroyed by its owner' };
    this.gpu.destroy();
  }

  // A throw in here would end a Node process, and only the first error is a cause rather than a consequence.
  readonly #onUncaptured = (event: GPUUncapturedErrorEvent): void => {
    this.#uncaptured ??= oneLine(event.error.message);
    // Dawn's Node bindings print unprevented errors on stdout. A wrapped device's are its owner's business too.
    if (this.owned) event.preventDefault();
  };
}
