import { type GraphBuilder, Module, type Value } from '../../graph/index.js';
import { argmax } from '../../kernels/argmax/argmax.js';
import { cropAndResize } from '../../kernels/crop_and_resize/crop_and_resize.js';
import { cropPositions } from '../../kernels/crop_and_resize/positions.js';
import { extentOf } from '../../kernels/layout.js';
import { preprocess } from '../../kernels/preprocess/preprocess.js';
import { type Architecture, backboneOf, type Roi, SHUFFLE } from '../architecture.js';
import type { ZianConfig } from '../config.js';
import { coAttention } from './co-attention.js';
import { hrnet } from './hrnet.js';
import type { RecordStage } from './record.js';
import { selfAttention } from './self-attention.js';

/** Pixels of the input between neighbouring pixels of each region. */
export const ROI_SCALES: Readonly<Record<Roi, number>> = { '1': 1, '2': 1.5, '3': 2 };

/** Source pixels that the preprocessing may be given: at most two rows and columns for each of the crop's. */
export const sourceCapacity = ({ cropSize: [width, height] }: ZianConfig): number => 4 * width * height;

/** What a network gives besides its heat maps and their peaks. */
export interface NetworkOptions {
  /** `NAME.around`: the values beside each peak, as the argmax kernel gives them. */
  readonly around?: boolean;
  /** Images of a run; 1 unless given. */
  readonly batch?: number;
}

/** ZIAN (Lei et al. 2022) as a graph: MODEL.md sections 1 to 4, in its order and under its names. */
export class Network {
  readonly #m: Module;
  readonly #config: ZianConfig;
  readonly #architecture: Architecture;
  readonly #record: RecordStage;
  readonly #options: NetworkOptions;

  /** @param record is called with every stage that the reference data names */
  constructor(
    builder: GraphBuilder,
    config: ZianConfig,
    architecture: Architecture,
    record: RecordStage,
    options: NetworkOptions = {},
  ) {
    this.#options = options;
    this.#m = new Module(builder);
    this.#config = config;
    this.#architecture = architecture;
    this.#record = record;
  }

  /**
   * Builds all stages. Graph inputs: those of the preprocessing kernel. Outputs: `heatmap_ds` and, with a fine stage,
   * `heatmap_roi`, each with its `NAME.index` and `NAME.value` as the argmax kernel gives them.
   */
  build(): void {
    const record = this.#record;
    const input = record('input', this.#input());
    const { features, index } = this.#coarseStage(input);
    if (this.#architecture.hrnetOnly) return;

    const regions = this.#architecture.rois.map((roi) => this.#regionFeatures(input, index, roi));
    const rois = this.#architecture.coAttention ? this.#attendRegions(regions) : regions;
    const { dsFactor } = this.#config;
    const aligned = this.#cropAroundPeak('coarse.aligned', features, index, 1, 1 / dsFactor);
    record('coarse.aligned', aligned);
    this.#fineStage([aligned, ...rois]);
  }

  #input(): Value {
    const { builder } = this.#m;
    const [width, height] = this.#config.cropSize;
    const { batch = 1 } = this.#options;
    return builder.apply(
      preprocess,
      'input',
      {
        image: builder.input('image', [batch, sourceCapacity(this.#config)], 'u32'),
        columns: builder.input('columns', [batch, width, 4], 'i32'),
        rows: builder.input('rows', [batch, height, 4], 'i32'),
        table: builder.input('table', [768], 'f32'),
        params: builder.input('params', [batch, 4], 'u32'),
      },
      { dtype: builder.dtype, height, width },
    );
  }

  #coarseStage(input: Value): { features: Value; index: Value } {
    const m = this.#m;
    const record = this.#record;
    const [width, height] = this.#config.cropSize.map((size) => size / this.#config.dsFactor);
    const small = m.resize('input_ds', input, height ?? 0, width ?? 0, 'bilinear', true);
    const backbone = hrnet(m.child('hrnet'), record('input_ds', small), this.#architecture.hrnet, record);
    const features = record('coarse.features', m.pixelShuffle('coarse.features', backbone, SHUFFLE));
    return { features, index: this.#peak('heatmap_ds', this.#coarseHead(features)) };
  }

  /** The coarse head, which the sub-regions' heat maps share. */
  #coarseHead(features: Value): Value {
    return this.#m.conv2d('heatmap_ds.0', features, { dtype: 'f32' });
  }

  /** Where a heat map is largest; (0, 0) where nothing is above zero. Makes both readable. */
  #peak(name: string, heatmap: Value): Value {
    const { builder } = this.#m;
    const peak = builder.kernel(argmax, `${name}.peak`, { x: heatmap }, { positiveOnly: true });
    const { index, value, around } = peak;
    if (!index || !value || !around) throw new Error('argmax has an index, a value and what is around');
    builder.output(name, heatmap);
    builder.output(`${name}.index`, index);
    builder.output(`${name}.value`, value);
    if (this.#options.around) builder.output(`${name}.around`, around);
    return index;
  }

  #regionFeatures(input: Value, index: Value, roi: Roi): Value {
    const m = this.#m;
    const record = this.#record;
    const scale = ROI_SCALES[roi];
    const crop = this.#cropAroundPeak(`input_roi_${roi}`, input, index, this.#config.dsFactor, scale);
    const backbone = hrnet(
      m.child(backboneOf(roi)),
      record(`input_roi_${roi}`, crop),
      this.#architecture.hrnet,
      record,
    );
    const features = record(`roi_${roi}.features`, m.pixelShuffle(`roi_${roi}.features`, backbone, SHUFFLE));
    if (!this.#config.tripRoi) return features;
    // Back to the scale of ROI 1, around the pixel before the middle: not the identity even for ROI 1.
    const aligned = this.#crop(
      `roi_${roi}.aligned`,
      features,
      undefined,
      [this.#regionSize / 2 - 1],
      1 / scale,
    );
    return record(`roi_${roi}.aligned`, aligned);
  }

  #attendRegions(regions: readonly Value[]): Value[] {
    const m = this.#m;
    const record = this.#record;
    const size = this.#regionSize;
    const [exemplar, query] = regions.map((x, i) => {
      const roi = this.#architecture.rois[i] ?? '1';
      return record(
        `coattention.in.${roi}`,
        m.resize(`coattention.in.${roi}`, x, size / 4, size / 4, 'bilinear'),
      );
    });
    if (!exemplar || !query) throw new Error('co-attention needs two regions');
    return coAttention(m, exemplar, query, this.#architecture.coAttention === 'gated').map((x, i) => {
      const roi = this.#architecture.rois[i] ?? '1';
      const features = m.resize(
        `roi_${roi}.attended`,
        record(`coattention.out.${roi}`, x),
        size,
        size,
        'bilinear',
      );
      this.#subRegionHeatmap(roi, features);
      return features;
    });
  }

  /** Not part of the answer: made only where someone keeps it. */
  #subRegionHeatmap(roi: Roi, features: Value): void {
    this.#record(`heatmap_roi_${roi}`, this.#coarseHead(features));
  }

  #fineStage(features: readonly Value[]): void {
    const m = this.#m;
    const record = this.#record;
    let x = m.concat('attention.in', features);
    if (this.#architecture.selfAttention) {
      record('attention.in', x);
      x = selfAttention(m.child('attention'), x, this.#architecture.selfAttention, record);
      record('attention.out', x);
    }
    x = record('convf', m.conv2d('convf', x, { padding: 1 }));
    x = record('fused', m.relu(record('bnf', m.batchNorm('bnf', x))));
    const head = m.child('heatmap_roi');
    x = head.relu(head.batchNorm('1', head.conv2d('0', x, { padding: 1 })));
    this.#peak('heatmap_roi', head.conv2d('3', x, { dtype: 'f32' }));
  }

  get #regionSize(): number {
    return 2 * this.#config.regionRadius;
  }

  /** A crop around the coarse peak, which is `step` pixels of `image` per pixel of the coarse heat map. */
  #cropAroundPeak(label: string, image: Value, index: Value, step: number, scale: number): Value {
    const peaks = Math.max(...this.#config.cropSize) / this.#config.dsFactor;
    const centers = Array.from({ length: peaks }, (_, peak) => peak * step);
    return this.#crop(label, image, index, centers, scale);
  }

  #crop(
    label: string,
    image: Value,
    index: Value | undefined,
    centers: readonly number[],
    scale: number,
  ): Value {
    const { builder } = this.#m;
    const size = this.#regionSize;
    const { h, w } = extentOf(image.spec.shape);
    const table = (axis: string, extent: number): Value =>
      builder.data(`${label}.${axis}`, cropPositions({ centers, size, scale, extent }), [
        centers.length,
        size,
      ]);
    return builder.apply(
      cropAndResize,
      label,
      { image, columns: table('columns', w), rows: table('rows', h), index },
      {},
    );
  }
}
