import type { Value } from '../../src/graph/index.js';
import { layerNorm } from '../../src/kernels/layer_norm/layer_norm.js';
import { modePool } from '../../src/kernels/mode_pool/mode_pool.js';
import { random } from '../support/random.js';
import { type Layers, layered, type TestGraph } from './support.js';

/** Choices drawn one after the other from a seed. */
class Draw {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  /** An integer in [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  of<T>(items: readonly [T, ...T[]]): T {
    return items[this.integer(0, items.length - 1)] ?? items[0];
  }
}

/** What the backbones of all regions have in common. */
interface Architecture {
  readonly channels: readonly number[];
  readonly blocks: number;
  readonly shuffle: number;
  readonly features: number;
  readonly sharedStem: boolean;
}

function drawArchitecture(draw: Draw): Architecture {
  return {
    channels: Array.from({ length: draw.integer(2, 3) }, () => draw.integer(3, 9)),
    blocks: draw.integer(1, 2),
    shuffle: draw.of([1, 2]),
    features: draw.of([4, 8, 3]),
    sharedStem: draw.chance(0.2),
  };
}

const convBn = (l: Layers, x: Value, channels: number, stride = 1, kernel = 3): Value =>
  l.batchNorm('bn', l.conv('conv', x, channels, { stride, kernel }));

function basicBlock(l: Layers, x: Value): Value {
  const channels = x.spec.shape[1] ?? 0;
  const inner = l.m.relu(convBn(l.child(0), x, channels));
  return l.m.relu(l.m.add(convBn(l.child(1), inner, channels), x));
}

/** HRNet's exchange of resolutions: every output is the sum of all branches, brought to its size. */
function fuse(l: Layers, branches: readonly Value[], to: number): Value {
  const target = branches[to];
  if (!target) throw new Error('no such branch');
  const [, channels = 0, height = 0, width = 0] = target.spec.shape;
  const terms = branches.map((x, from) => {
    const layer = l.child(`${to}.${from}`);
    if (from === to) return x;
    if (from > to)
      return l.m.resize(`${layer.m.path}.up`, convBn(layer, x, channels, 1, 1), height, width, 'nearest');
    let down = x;
    for (let level = from; level < to; level++) {
      down = convBn(layer.child(level), down, channels, 2);
      if (level < to - 1) down = l.m.relu(down);
    }
    return down;
  });
  return l.m.relu(terms.reduce((sum, term) => l.m.add(sum, term)));
}

function backbone(l: Layers, x: Value, { channels, blocks, shuffle, features }: Architecture): Value {
  let branches: Value[] = [];
  channels.forEach((width, i) => {
    const from = branches[i - 1] ?? x;
    branches.push(l.m.relu(convBn(l.child(`enter.${i}`), from, width, i === 0 ? 1 : 2)));
  });
  branches = branches.map((branch, i) => {
    let y = branch;
    for (let block = 0; block < blocks; block++) y = basicBlock(l.child(`branches.${i}.${block}`), y);
    return y;
  });
  const fused = branches.map((_, to) => fuse(l.child('fuse'), branches, to));
  const outputs = features * shuffle ** 2;
  const head = l.conv('head', fuse(l.child('last'), fused, 0), outputs, { kernel: 1, bias: true });
  return shuffle > 1 ? l.m.pixelShuffle(`${l.m.path}.shuffled`, head, shuffle) : head;
}

/** The end of an attention: two modes, normalised each, pooled, and added to an image with rows and columns swapped. */
function pooledModes(l: Layers, x: Value): Value {
  const { builder } = l.m;
  const [, channels = 0, height = 0, width = 0] = x.spec.shape;
  const modes = l.linear('modes', l.m.tokens(x), 2 * channels);
  const affine = { weight: l.weight('norm.weight', [channels]), bias: l.weight('norm.bias', [channels]) };
  const normed = builder.apply(layerNorm, 'norm', { x: modes, ...affine }, { groups: 2, eps: 0.1 });
  const score = { weight: l.weight('score.weight', [channels]), bias: l.weight('score.bias', [1]) };
  const pooled = builder.apply(modePool, 'pooled', { x: normed, ...score }, { modes: 2 });
  return l.m.add(x, l.m.transposeHw('transposed', l.m.image(pooled, height, width)));
}

/**
 * A small network like ZIAN's, drawn from a seed: one to three backbones of the same architecture over images of
 * their own or the same one, joined with gates, crops of channels and repeated parts; outputs in its middle.
 */
export function randomNetwork(seed: number): TestGraph {
  const draw = new Draw(seed);
  const size = 4 * draw.integer(2, 3);
  const batch = draw.of([1, 1, 2]);
  const architecture = drawArchitecture(draw);
  const regions = draw.integer(1, 3);
  return layered((l, builder) => {
    const image = () => builder.input(`image${builder.build().inputs.size}`, [batch, 3, size, size]);
    const common = architecture.sharedStem ? image() : undefined;
    const features = Array.from({ length: regions }, (_, i) =>
      backbone(l.child(`region${i}`), common ?? image(), architecture),
    );
    if (draw.chance(0.3))
      for (const [i, feature] of features.entries()) builder.output(`features${i}`, feature);
    const style = draw.of(['gated', 'convolved', 'as it is']);
    const gated = features.map((x, i) => {
      const gate = l.child(`gate${i}`);
      if (style === 'gated') return l.m.multiply(x, l.m.sigmoid(gate.conv('conv', x, 1, { kernel: 1 })));
      return style === 'convolved' ? gate.conv('conv', x, 4) : x;
    });
    const [first] = gated;
    if (!first) throw new Error('no region');
    const parts = gated.length > 1 || draw.chance(0.5) ? [...gated] : [first, l.conv('other', first, 4)];
    if (draw.chance(0.3)) parts.push(first);
    if (draw.chance(0.3)) parts.push(l.m.gelu(l.conv('more', first, 5)));
    let y = l.m.concat('joined', parts.slice(0, 4));
    if (draw.chance(0.3)) builder.output('joined', y);
    if (draw.chance(0.5)) {
      const { shape } = y.spec;
      const tokens = l.m.tokens(y);
      const mixed = l.m.add(tokens, l.m.gelu(l.linear('mix', tokens, shape[1] ?? 0)));
      y = l.m.image(mixed, shape[2] ?? 0, shape[3] ?? 0);
    }
    if (draw.chance(0.5)) y = pooledModes(l, y);
    builder.output('y', l.m.relu(convBn(l.child('end'), y, draw.integer(1, 9))));
  }, seed);
}
