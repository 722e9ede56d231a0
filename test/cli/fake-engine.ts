import { setImmediate } from 'node:timers/promises';
import type { Engine, EngineOptions, Localization, OpenEngine, Stage } from '../../src/cli/engine.js';
import { ZianError } from '../../src/errors.js';
import { DEFAULT_LIMITS, type DeviceReport } from '../../src/graph/device.js';
import { PRESETS, type ZianConfig } from '../../src/zian/config.js';
import type { RgbaImage } from '../../src/zian/image.js';
import { modelMetadata } from '../../src/zian/model-file.js';
import type { Heatmap } from '../../src/zian/overlay.js';
import { WorkQueue } from '../../src/zian/queue.js';

export interface FakeBehaviour {
  readonly config?: ZianConfig;
  readonly dtype?: 'f32' | 'f16';
  readonly notice?: string;
  readonly localize?: (image: RgbaImage, options: { flipTest?: boolean }) => Localization;
  readonly heatmaps?: { readonly coarse: Heatmap; readonly fine?: Heatmap };
  readonly stages?: (mirror: boolean) => ReadonlyMap<string, Stage>;
}

/** What was asked of a fake engine. */
export interface FakeCalls {
  readonly opened: EngineOptions[];
  readonly localized: { readonly width: number; readonly height: number; readonly flipTest?: boolean }[];
  /** Images of each call that takes several. */
  readonly batches: number[];
  readonly mirrors: boolean[];
  closed: number;
}

/** A result with the image's middle as its landmark. */
export const middleOf = ({ width, height }: RgbaImage): Localization => ({
  landmark: { x: width / 2, y: height / 2 },
  coarse: { x: width / 2 - 3, y: height / 2 + 4 },
  network: {
    coarse: { x: 12, y: 14 },
    roiCenter: { x: 48, y: 56 },
    fine: { x: 30, y: 20 },
    landmark: { x: 62, y: 60 },
  },
  peak: { coarse: 0.75, fine: 0.875 },
  margin: { coarse: 0.125, fine: 0.0625 },
  milliseconds: { preprocess: 1.5, network: 20.25 },
  rois: [
    { x0: width / 4, y0: height / 4, x1: (3 * width) / 4, y1: (3 * height) / 4 },
    { x0: 0, y0: 0, x1: width, y1: height },
  ],
});

const map = (x0: number, y0: number, x1: number, y1: number): Heatmap => ({
  data: Float32Array.from({ length: 64 }, (_, i) => (i === 27 ? 1 : 0.1)),
  width: 8,
  height: 8,
  x0,
  y0,
  x1,
  y1,
});

const FAKE_DEVICE: DeviceReport = {
  name: 'Fake adapter',
  vendor: '',
  architecture: '',
  description: '',
  backend: '',
  software: true,
  features: [],
  limits: DEFAULT_LIMITS,
};

/** An engine that computes nothing: the commands around it are what is tested. */
export function fakeEngine(behaviour: FakeBehaviour = {}): { openEngine: OpenEngine; calls: FakeCalls } {
  const { config = PRESETS.refuge, dtype = 'f32' } = behaviour;
  const calls: FakeCalls = { opened: [], localized: [], batches: [], mirrors: [], closed: 0 };
  const queue = new WorkQueue();
  const engine: Engine = {
    config,
    metadata: modelMetadata({
      config,
      dtype,
      checkpointSha256: 'ab'.repeat(32),
      converterVersion: '0',
      ...(behaviour.notice === undefined ? {} : { notice: behaviour.notice }),
    }),
    async localize(image, options = {}) {
      const { width, height } = image;
      calls.localized.push({ width, height, ...options });
      return (behaviour.localize ?? middleOf)(image, options);
    },
    localizeBatch(images, { heatmaps = false, signal, ...options } = {}) {
      return queue.add(async (check) => {
        // As a run takes its time, in which whoever hears of a failure may leave what waits.
        await setImmediate();
        check();
        calls.batches.push(images.length);
        const results = [];
        for (const image of images) {
          try {
            const found = await this.localize(image, options);
            results.push(heatmaps ? { ...found, heatmaps: await this.heatmaps() } : found);
          } catch (error) {
            if (!(error instanceof ZianError) || error.kind === 'device') throw error;
            results.push(error);
          }
        }
        return results;
      }, signal);
    },
    async heatmaps() {
      return behaviour.heatmaps ?? { coarse: map(0, 0, 60, 50), fine: map(10, 10, 40, 40) };
    },
    async trace() {},
    async stages(_, { mirror = false } = {}) {
      calls.mirrors.push(mirror);
      return behaviour.stages?.(mirror) ?? new Map();
    },
  };
  const openEngine: OpenEngine = async (options) => {
    calls.opened.push(options);
    return {
      engine,
      adapter: 'Fake adapter',
      device: FAKE_DEVICE,
      close: async () => {
        calls.closed++;
      },
    };
  };
  return { openEngine, calls };
}
