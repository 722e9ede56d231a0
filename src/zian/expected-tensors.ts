import {
  type Architecture,
  backbonesOf,
  type HrnetArchitecture,
  type SelfAttentionArchitecture,
  type StageArchitecture,
} from './architecture.js';

type Shapes = Map<string, readonly number[]>;

const NORM = ['weight', 'bias', 'running_mean', 'running_var'] as const;

function batchNorm(shapes: Shapes, name: string, channels: number): void {
  for (const part of NORM) shapes.set(`${name}.${part}`, [channels]);
}

function conv(shapes: Shapes, name: string, outputs: number, inputs: number, kernel: number): void {
  shapes.set(`${name}.weight`, [outputs, inputs, kernel, kernel]);
}

function linear(shapes: Shapes, name: string, outputs: number, inputs: number): void {
  shapes.set(`${name}.weight`, [outputs, inputs]);
  shapes.set(`${name}.bias`, [outputs]);
}

function stage(
  shapes: Shapes,
  name: string,
  { channels, blocks, modules }: StageArchitecture,
  last: boolean,
): void {
  for (let module = 0; module < modules; module++) {
    for (const [branch, width] of channels.entries()) {
      for (let block = 0; block < (blocks[branch] ?? 0); block++) {
        for (const i of [1, 2]) {
          const at = `${name}.${module}.branches.${branch}.${block}`;
          conv(shapes, `${at}.conv${i}`, width, width, 3);
          batchNorm(shapes, `${at}.bn${i}`, width);
        }
      }
    }
    // The network reads only the finest branch, so its last module computes no other.
    const outputs = last && module === modules - 1 ? channels.slice(0, 1) : channels;
    for (const [to, width] of outputs.entries()) {
      for (const [from, inputs] of channels.entries()) {
        fuse(shapes, `${name}.${module}.fuse_layers.${to}.${from}`, to - from, inputs, width);
      }
    }
  }
}

/** `levels` > 0: strided convolutions downwards, the last of them to the new width; < 0: a projection upwards. */
function fuse(shapes: Shapes, name: string, levels: number, inputs: number, outputs: number): void {
  if (levels < 0) {
    conv(shapes, `${name}.0`, outputs, inputs, 1);
    batchNorm(shapes, `${name}.1`, outputs);
  }
  for (let step = 0; step < levels; step++) {
    const width = step === levels - 1 ? outputs : inputs;
    conv(shapes, `${name}.${step}.0`, width, inputs, 3);
    batchNorm(shapes, `${name}.${step}.1`, width);
  }
}

function transition(
  shapes: Shapes,
  name: string,
  before: readonly number[],
  { channels, entered }: StageArchitecture,
): void {
  const coarsest = before.at(-1) ?? 0;
  for (const [branch, width] of channels.entries()) {
    if (!entered[branch]) continue;
    const inputs = before[branch];
    const at = inputs === undefined ? `${name}.${branch}.0` : `${name}.${branch}`;
    conv(shapes, `${at}.0`, width, inputs ?? coarsest, 3);
    batchNorm(shapes, `${at}.1`, width);
  }
}

function backbone(shapes: Shapes, name: string, { stem, layer1, stages, outputs }: HrnetArchitecture): void {
  for (const [i, width] of stem.entries()) {
    conv(shapes, `${name}.conv${i + 1}`, width, i === 0 ? 3 : stem[0], 3);
    batchNorm(shapes, `${name}.bn${i + 1}`, width);
  }
  for (let block = 0; block < layer1.blocks; block++) {
    const at = `${name}.layer1.${block}`;
    const inputs = block === 0 ? stem[1] : layer1.outputs;
    conv(shapes, `${at}.conv1`, layer1.planes, inputs, 1);
    batchNorm(shapes, `${at}.bn1`, layer1.planes);
    conv(shapes, `${at}.conv2`, layer1.planes, layer1.planes, 3);
    batchNorm(shapes, `${at}.bn2`, layer1.planes);
    conv(shapes, `${at}.conv3`, layer1.outputs, layer1.planes, 1);
    batchNorm(shapes, `${at}.bn3`, layer1.outputs);
    if (block === 0 && layer1.projected) {
      conv(shapes, `${at}.downsample.0`, layer1.outputs, inputs, 1);
      batchNorm(shapes, `${at}.downsample.1`, layer1.outputs);
    }
  }
  let before: readonly number[] = [layer1.outputs];
  for (const [i, next] of stages.entries()) {
    transition(shapes, `${name}.transition${i + 1}`, before, next);
    stage(shapes, `${name}.stage${i + 2}`, next, i === stages.length - 1);
    before = next.channels;
  }
  shapes.set(`${name}.final_layer.weight`, [outputs, before[0] ?? 0, 1, 1]);
  shapes.set(`${name}.final_layer.bias`, [outputs]);
}

function coAttention(shapes: Shapes, features: number, gated: boolean): void {
  if (gated) {
    shapes.set('linear_e.weight', [features, features]);
    conv(shapes, 'coatten_gate', 1, features, 1);
  }
  for (const suffix of gated ? ['1', '2'] : ['']) {
    conv(shapes, `coatten_conv${suffix}`, features, 2 * features, 3);
    batchNorm(shapes, `coatten_bn${suffix}`, features);
  }
}

function selfAttention(shapes: Shapes, channels: number, attention: SelfAttentionArchitecture): void {
  const { attractors, modes, modeSize } = attention;
  shapes.set('attention.attractors', [1, attractors, channels]);
  for (const half of ['in_ator_trans', 'ator_out_trans']) {
    const out = `attention.${half}.out_trans`;
    linear(shapes, `attention.${half}.query`, modes * modeSize, channels);
    linear(shapes, `attention.${half}.key`, modes * modeSize, channels);
    linear(shapes, `${out}.first_linear`, modes * channels, channels);
    linear(shapes, `${out}.feat_softaggr.feat2score`, 1, channels);
    linear(shapes, `${out}.intermediate.shared_linear`, channels, channels);
    shapes.set(`${out}.output.group_linear.weight`, [modes * channels, channels, 1]);
    shapes.set(`${out}.output.group_linear.bias`, [modes * channels]);
    shapes.set(`${out}.output.resout_norm_layer.weight`, [channels]);
    shapes.set(`${out}.output.resout_norm_layer.bias`, [channels]);
  }
}

/** Shape by name of every tensor that a forward pass of this architecture reads, and of no other. */
export function expectedTensors(architecture: Architecture): ReadonlyMap<string, readonly number[]> {
  const { features, fusedInputs, fused, head } = architecture;
  const shapes: Shapes = new Map();
  for (const name of backbonesOf(architecture.rois)) backbone(shapes, name, architecture.hrnet);
  conv(shapes, 'heatmap_ds.0', 1, features, 1);
  shapes.set('heatmap_ds.0.bias', [1]);
  if (architecture.hrnetOnly) return shapes;
  if (architecture.coAttention) coAttention(shapes, features, architecture.coAttention === 'gated');
  if (architecture.selfAttention) selfAttention(shapes, fusedInputs, architecture.selfAttention);
  conv(shapes, 'convf', fused, fusedInputs, 3);
  batchNorm(shapes, 'bnf', fused);
  conv(shapes, 'heatmap_roi.0', head, fused, 3);
  shapes.set('heatmap_roi.0.bias', [head]);
  batchNorm(shapes, 'heatmap_roi.1', head);
  conv(shapes, 'heatmap_roi.3', 1, head, 1);
  shapes.set('heatmap_roi.3.bias', [1]);
  return shapes;
}
