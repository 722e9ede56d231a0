import { inputError } from '../errors.js';
import type { CoAttention } from './config.js';
import { TensorShapes } from './tensor-shapes.js';

/** One stage of HRNet: the branches' channels and basic blocks, the same in each of its modules. */
export interface StageArchitecture {
  readonly channels: readonly number[];
  readonly blocks: readonly number[];
  readonly modules: number;
  /** Whether the transition before it has a convolution for this branch; if not, the branch is handed on as it is. */
  readonly entered: readonly boolean[];
}

/** Channel counts and depths of HRNet; every backbone of one model has the same. */
export interface HrnetArchitecture {
  /** Outputs of the two strided convolutions. */
  readonly stem: readonly [number, number];
  readonly layer1: {
    readonly planes: number;
    readonly outputs: number;
    readonly blocks: number;
    /** Whether the first block's shortcut is a convolution. */
    readonly projected: boolean;
  };
  /** Stages 2, 3 and 4. */
  readonly stages: readonly [StageArchitecture, StageArchitecture, StageArchitecture];
  /** Outputs of `final_layer`. */
  readonly outputs: number;
}

/** The regions that a model looks at, by the number in its tensors' and stages' names. */
export type Roi = '1' | '2' | '3';

export interface SelfAttentionArchitecture {
  readonly attractors: number;
  readonly modes: number;
  /** Features of a query or key in each mode; scores are divided by this one's square root. */
  readonly modeSize: number;
}

/** What the names and shapes of a state dict say about the network. */
export interface Architecture {
  readonly hrnet: HrnetArchitecture;
  readonly hrnetOnly: boolean;
  /** The fine stage's regions in the order of concatenation; empty if there is no fine stage. */
  readonly rois: readonly Roi[];
  /** Channels of a backbone's features after pixel shuffle by 4. */
  readonly features: number;
  readonly coAttention: CoAttention;
  /** False if there is none, or no fine stage. */
  readonly selfAttention: false | SelfAttentionArchitecture;
  /** Channels before the fusion: the coarse features and each region's. */
  readonly fusedInputs: number;
  /** Outputs of `convf`. */
  readonly fused: number;
  /** Outputs of the fine head's first convolution. */
  readonly head: number;
}

/** Backbone outputs are pixel-shuffled by this, in both directions; no option changes it. */
export const SHUFFLE = 4;

/** Name of the backbone that sees a region. */
export const backboneOf = (roi: Roi): string => (roi === '1' ? 'hrnet_roi' : `hrnet_roi_${roi}`);

/** Names of a model's backbones, the coarse stage's first. */
export const backbonesOf = (rois: readonly Roi[]): readonly string[] => ['hrnet', ...rois.map(backboneOf)];

/** HRNet-W32's branch widths, for what a damaged checkpoint no longer says. */
const usualChannels = (branch: number): number => 32 * 2 ** branch;

function inferStage(shapes: TensorShapes, number: 2 | 3 | 4, before: readonly number[]): StageArchitecture {
  const stage = `stage${number}`;
  const branches = Array.from({ length: number }, (_, branch) => branch);
  const channels = branches.map((branch) => {
    const block = `${stage}.0.branches.${branch}.0`;
    return shapes.vote(usualChannels(branch), [
      [`${block}.conv1.weight`, 0],
      [`${block}.conv2.weight`, 0],
      [`${block}.bn1.weight`, 0],
      [`${block}.bn2.weight`, 0],
    ]);
  });
  const transition = `transition${number - 1}`;
  return {
    channels,
    blocks: branches.map((branch) => shapes.count(`${stage}.0.branches.${branch}`)),
    modules: shapes.count(stage),
    entered: channels.map(
      (count, branch) =>
        branch >= before.length || count !== before[branch] || shapes.any(`${transition}.${branch}.`),
    ),
  };
}

function inferHrnet(shapes: TensorShapes): HrnetArchitecture {
  const stem = [1, 2].map((i) =>
    shapes.vote(64, [
      [`conv${i}.weight`, 0],
      [`bn${i}.weight`, 0],
      [`bn${i}.bias`, 0],
    ]),
  );
  const planes = shapes.vote(64, [
    ['layer1.0.conv1.weight', 0],
    ['layer1.0.bn1.weight', 0],
    ['layer1.0.conv2.weight', 0],
  ]);
  const outputs = shapes.vote(4 * planes, [
    ['layer1.0.conv3.weight', 0],
    ['layer1.0.bn3.weight', 0],
    ['layer1.0.bn3.bias', 0],
  ]);
  const [first = 64, second = 64] = stem;
  const stage2 = inferStage(shapes, 2, [outputs]);
  const stage3 = inferStage(shapes, 3, stage2.channels);
  return {
    stem: [first, second],
    layer1: {
      planes,
      outputs,
      blocks: shapes.count('layer1'),
      projected: second !== outputs || shapes.any('layer1.0.downsample.'),
    },
    stages: [stage2, stage3, inferStage(shapes, 4, stage3.channels)],
    outputs: shapes.vote(256, [
      ['final_layer.weight', 0],
      ['final_layer.bias', 0],
    ]),
  };
}

function inferRois(top: TensorShapes): readonly Roi[] {
  if (!top.any('hrnet_roi.')) return [];
  if (top.any('hrnet_roi_2.')) return ['1', '2', '3'];
  return top.any('hrnet_roi_3.') ? ['1', '3'] : ['1'];
}

function inferSelfAttention(top: TensorShapes, channels: number, source: string): SelfAttentionArchitecture {
  const votes = (fallback: number, part: string, name: string, axis: number): number =>
    top.vote(
      fallback,
      ['in_ator_trans', 'ator_out_trans'].flatMap((half): [string, number][] => [
        [`attention.${half}.${part}.${name}`, axis],
        [`attention.${half}.${part}.${name.replace('weight', 'bias')}`, 0],
      ]),
    );
  const values = votes(2 * channels, 'out_trans.first_linear', 'weight', 0);
  const queries = votes(channels, 'query', 'weight', 0);
  const modes = values / channels;
  if (!Number.isInteger(modes) || queries % modes !== 0) {
    throw inputError(
      `${source}: the self-attention has ${values} values and ${queries} query features over ${channels} channels, ` +
        'which do not divide into modes; the tensors belong to another network than ZIAN.',
    );
  }
  const attractors = top.vote(256, [['attention.attractors', 1]]);
  return { attractors, modes, modeSize: queries / modes };
}

/**
 * Tells the architecture from a state dict's names and shapes: options by which tensors there are, widths by
 * their shapes, depths by the indices in their names. Where tensors disagree, the majority counts, so that
 * `checkStateDict` can name the odd ones out; where one is missing, its neighbours or the released width do.
 *
 * @param tensors shape by name; without the `module.` prefix of parallel training
 * @param source the file's name, for messages
 * @throws inputError if the tensors are not a ZIAN with the HRNet backbone at all
 */
export function inferArchitecture(
  tensors: ReadonlyMap<string, readonly number[]>,
  source = 'the checkpoint',
): Architecture {
  const top = new TensorShapes(tensors, ['']);
  if (!top.any('hrnet.')) {
    throw inputError(
      `${source}: none of its ${tensors.size} tensors is named 'hrnet.…', so this is no ZIAN with the HRNet ` +
        "backbone (MODEL.HRNET_TYPE 0); 'zian inspect' lists what it holds.",
    );
  }
  const rois = inferRois(top);
  const hrnet = inferHrnet(
    new TensorShapes(
      tensors,
      backbonesOf(rois).map((name) => `${name}.`),
    ),
  );
  const features = hrnet.outputs / SHUFFLE ** 2;
  if (!Number.isInteger(features)) {
    throw inputError(
      `${source}: hrnet.final_layer has ${hrnet.outputs} outputs; a multiple of ${SHUFFLE ** 2} is needed for the ` +
        'pixel shuffle that follows.',
    );
  }
  const fusedInputs = features * (1 + rois.length);
  const gated = top.any('linear_e.') ? 'gated' : 'simple';
  const fine = rois.length > 0;
  return {
    hrnet,
    hrnetOnly: !fine,
    rois,
    features,
    coAttention: fine && top.any('coatten_') && gated,
    selfAttention: fine && top.any('attention.') && inferSelfAttention(top, fusedInputs, source),
    fusedInputs,
    fused: top.vote(fusedInputs, [
      ['convf.weight', 0],
      ['bnf.weight', 0],
      ['bnf.bias', 0],
    ]),
    head: top.vote(16, [
      ['heatmap_roi.0.weight', 0],
      ['heatmap_roi.1.weight', 0],
      ['heatmap_roi.3.weight', 1],
    ]),
  };
}
