/**
 * Names and shapes of ZIAN's state dict, in PyTorch's order, as the modules of test/reference would create
 * them. Written on its own, apart from src/zian/expected-tensors.ts, so that each checks the other.
 */

export interface StageOptions {
  readonly modules: number;
  readonly blocks: readonly number[];
  readonly channels: readonly number[];
}

/** Channel counts that the authors' options do not reach; named as in the fixtures' JSON. */
export interface WidthOptions {
  readonly stem: number;
  readonly layer1_planes: number;
  readonly layer1_blocks: number;
  readonly final: number;
  readonly attractors: number;
  readonly head: number;
  /** Of queries and keys in each of the two modes; half the channels if left out. */
  readonly mode_size?: number;
}

export interface StateDictOptions {
  readonly hrnetOnly: boolean;
  readonly tripRoi: boolean;
  readonly roiNum: 2 | 3;
  readonly selfAttention: boolean;
  readonly coAttention: false | 'gated' | 'simple';
  readonly stages: readonly [StageOptions, StageOptions, StageOptions];
  readonly widths: WidthOptions;
}

/** HRNet-W32 and the released REFUGE options. */
export const RELEASED: StateDictOptions = {
  hrnetOnly: false,
  tripRoi: true,
  roiNum: 2,
  selfAttention: true,
  coAttention: 'gated',
  stages: [
    { modules: 1, blocks: [4, 4], channels: [32, 64] },
    { modules: 4, blocks: [4, 4, 4], channels: [32, 64, 128] },
    { modules: 3, blocks: [4, 4, 4, 4], channels: [32, 64, 128, 256] },
  ],
  widths: { stem: 64, layer1_planes: 64, layer1_blocks: 4, final: 256, attractors: 256, head: 16 },
};

type Entry = readonly [name: string, shape: readonly number[]];

const conv = (name: string, outputs: number, inputs: number, k: number): Entry[] => [
  [`${name}.weight`, [outputs, inputs, k, k]],
];
const convWithBias = (name: string, outputs: number, inputs: number, k: number): Entry[] => [
  ...conv(name, outputs, inputs, k),
  [`${name}.bias`, [outputs]],
];
const norm = (name: string, width: number): Entry[] => [
  ...['weight', 'bias', 'running_mean', 'running_var'].map((part): Entry => [`${name}.${part}`, [width]]),
  [`${name}.num_batches_tracked`, []],
];
const linear = (name: string, outputs: number, inputs: number): Entry[] => [
  [`${name}.weight`, [outputs, inputs]],
  [`${name}.bias`, [outputs]],
];
const range = (count: number): number[] => [...Array(count).keys()];
const at = (list: readonly number[], index: number): number => {
  const value = list[index];
  if (value === undefined) throw new Error(`no element ${index} in [${list.join(', ')}]`);
  return value;
};

const bottleneck = (name: string, inputs: number, planes: number): Entry[] => [
  ...conv(`${name}.conv1`, planes, inputs, 1),
  ...norm(`${name}.bn1`, planes),
  ...conv(`${name}.conv2`, planes, planes, 3),
  ...norm(`${name}.bn2`, planes),
  ...conv(`${name}.conv3`, 4 * planes, planes, 1),
  ...norm(`${name}.bn3`, 4 * planes),
  ...(inputs === 4 * planes
    ? []
    : [...conv(`${name}.downsample.0`, 4 * planes, inputs, 1), ...norm(`${name}.downsample.1`, 4 * planes)]),
];

const basicBlock = (name: string, width: number): Entry[] =>
  [1, 2].flatMap((i) => [...conv(`${name}.conv${i}`, width, width, 3), ...norm(`${name}.bn${i}`, width)]);

function fuseLayer(name: string, channels: readonly number[], to: number, from: number): Entry[] {
  if (from > to)
    return [
      ...conv(`${name}.0`, at(channels, to), at(channels, from), 1),
      ...norm(`${name}.1`, at(channels, to)),
    ];
  return range(to - from).flatMap((step) => {
    const outputs = at(channels, step === to - from - 1 ? to : from);
    return [
      ...conv(`${name}.${step}.0`, outputs, at(channels, from), 3),
      ...norm(`${name}.${step}.1`, outputs),
    ];
  });
}

function hrModule(name: string, { blocks, channels }: StageOptions, outputs: number): Entry[] {
  const branches = channels.flatMap((width, b) =>
    range(at(blocks, b)).flatMap((i) => basicBlock(`${name}.branches.${b}.${i}`, width)),
  );
  const fuse = range(outputs).flatMap((i) =>
    range(channels.length).flatMap((j) => fuseLayer(`${name}.fuse_layers.${i}.${j}`, channels, i, j)),
  );
  return [...branches, ...fuse];
}

function transition(name: string, before: readonly number[], after: readonly number[]): Entry[] {
  return after.flatMap((width, i) => {
    const exists = i < before.length;
    const inputs = at(before, exists ? i : before.length - 1);
    if (exists && inputs === width) return [];
    const to = exists ? `${name}.${i}` : `${name}.${i}.0`;
    return [...conv(`${to}.0`, width, inputs, 3), ...norm(`${to}.1`, width)];
  });
}

function hrnet(name: string, { stages, widths }: StateDictOptions): Entry[] {
  const planes = widths.layer1_planes;
  const entries = [
    ...conv(`${name}.conv1`, widths.stem, 3, 3),
    ...norm(`${name}.bn1`, widths.stem),
    ...conv(`${name}.conv2`, widths.stem, widths.stem, 3),
    ...norm(`${name}.bn2`, widths.stem),
    ...range(widths.layer1_blocks).flatMap((i) =>
      bottleneck(`${name}.layer1.${i}`, i === 0 ? widths.stem : 4 * planes, planes),
    ),
  ];
  let before: readonly number[] = [4 * planes];
  for (const [index, stage] of stages.entries()) {
    entries.push(...transition(`${name}.transition${index + 1}`, before, stage.channels));
    for (const m of range(stage.modules)) {
      const outputs = index === 2 && m === stage.modules - 1 ? 1 : stage.channels.length;
      entries.push(...hrModule(`${name}.stage${index + 2}.${m}`, stage, outputs));
    }
    before = stage.channels;
  }
  return [...entries, ...convWithBias(`${name}.final_layer`, widths.final, at(before, 0), 1)];
}

function crossAttention(name: string, channels: number, queries: number): Entry[] {
  const out = `${name}.out_trans`;
  return [
    ...linear(`${name}.query`, queries, channels),
    ...linear(`${name}.key`, queries, channels),
    ...linear(`${out}.first_linear`, 2 * channels, channels),
    ...linear(`${out}.feat_softaggr.feat2score`, 1, channels),
    ...linear(`${out}.intermediate.shared_linear`, channels, channels),
    [`${out}.output.group_linear.weight`, [2 * channels, channels, 1]],
    [`${out}.output.group_linear.bias`, [2 * channels]],
    [`${out}.output.resout_norm_layer.weight`, [channels]],
    [`${out}.output.resout_norm_layer.bias`, [channels]],
  ];
}

function coAttention(kind: StateDictOptions['coAttention'], f: number): Entry[] {
  if (kind === false) return [];
  if (kind === 'simple') return [...conv('coatten_conv', f, 2 * f, 3), ...norm('coatten_bn', f)];
  return [
    ['linear_e.weight', [f, f]],
    ...conv('coatten_gate', 1, f, 1),
    ...conv('coatten_conv1', f, 2 * f, 3),
    ...conv('coatten_conv2', f, 2 * f, 3),
    ...norm('coatten_bn1', f),
    ...norm('coatten_bn2', f),
    ...convWithBias('main_classifier1', 1, f, 1),
    ...convWithBias('main_classifier2', 1, f, 1),
  ];
}

/**
 * Shape by name, in the order of PyTorch's `state_dict()`, of everything a checkpoint with these options holds:
 * `num_batches_tracked` (shape []), the unused `main_classifier1/2`, and with HRNET_ONLY the unused fine stage.
 */
export function stateDictShapes(options: StateDictOptions): Map<string, readonly number[]> {
  const { widths, tripRoi, roiNum, hrnetOnly } = options;
  const features = widths.final / 16;
  const extra = tripRoi ? (roiNum === 3 ? ['hrnet_roi_2', 'hrnet_roi_3'] : ['hrnet_roi_3']) : [];
  const fused = features * (2 + extra.length);
  return new Map([
    ...hrnet('hrnet', options),
    ...(hrnetOnly ? [] : hrnet('hrnet_roi', options)),
    ...convWithBias('heatmap_ds.0', 1, features, 1),
    ...extra.flatMap((name) => hrnet(name, options)),
    ...coAttention(options.coAttention, features),
    ...(options.selfAttention ? selfAttention(fused, widths) : []),
    ...conv('convf', fused, fused, 3),
    ...norm('bnf', fused),
    ...convWithBias('heatmap_roi.0', widths.head, fused, 3),
    ...norm('heatmap_roi.1', widths.head),
    ...convWithBias('heatmap_roi.3', 1, widths.head, 1),
  ]);
}

function selfAttention(channels: number, { attractors, mode_size }: WidthOptions): Entry[] {
  const queries = 2 * (mode_size ?? channels / 2);
  return [
    ['attention.attractors', [1, attractors, channels]],
    ...crossAttention('attention.in_ator_trans', channels, queries),
    ...crossAttention('attention.ator_out_trans', channels, queries),
  ];
}
