import type { Module, Value } from '../../graph/index.js';
import type { HrnetArchitecture, StageArchitecture } from '../architecture.js';
import type { RecordStage } from './record.js';

/**
 * HRNet (Wang et al. 2020), as ZIAN uses it: MODEL.md section 5. Layers bear the names of the checkpoint.
 */

function convBnRelu(m: Module, conv: string | number, bn: string | number, x: Value, stride = 1): Value {
  return m.relu(m.batchNorm(String(bn), m.conv2d(String(conv), x, { stride, padding: 1 })));
}

function bottleneck(m: Module, x: Value): Value {
  let out = m.relu(m.batchNorm('bn1', m.conv2d('conv1', x)));
  out = m.relu(m.batchNorm('bn2', m.conv2d('conv2', out, { padding: 1 })));
  out = m.batchNorm('bn3', m.conv2d('conv3', out));
  const shortcut = m.has('downsample.0.weight')
    ? m.batchNorm('downsample.1', m.conv2d('downsample.0', x))
    : x;
  return m.relu(m.add(out, shortcut));
}

function basicBlock(m: Module, x: Value): Value {
  let out = m.relu(m.batchNorm('bn1', m.conv2d('conv1', x, { padding: 1 })));
  out = m.batchNorm('bn2', m.conv2d('conv2', out, { padding: 1 }));
  return m.relu(m.add(out, x));
}

/** From branch `j` of lower resolution up to branch `i`. */
function fuseUp(m: Module, x: Value, levels: number): Value {
  const out = m.batchNorm('1', m.conv2d('0', x));
  const [, , height = 0, width = 0] = x.spec.shape;
  return m.resize(`${m.path}.2`, out, height * 2 ** levels, width * 2 ** levels, 'nearest');
}

/** From a branch of higher resolution down by `levels` strided convolutions, ReLU between but not after the last. */
function fuseDown(m: Module, x: Value, levels: number): Value {
  let out = x;
  for (let level = 0; level < levels; level++) {
    const step = m.child(level);
    out = step.batchNorm('1', step.conv2d('0', out, { stride: 2, padding: 1 }));
    if (level < levels - 1) out = step.relu(out);
  }
  return out;
}

/** A module of a stage: each branch by itself, then every output as the sum of all branches. */
function hrModule(m: Module, inputs: readonly Value[], blocks: readonly number[], outputs: number): Value[] {
  const branches = inputs.map((x, i) => {
    let out = x;
    for (let block = 0; block < (blocks[i] ?? 0); block++)
      out = basicBlock(m.child(`branches.${i}.${block}`), out);
    return out;
  });
  return Array.from({ length: outputs }, (_, i) => {
    const terms = branches.map((x, j) => {
      const layer = m.child(`fuse_layers.${i}.${j}`);
      if (j > i) return fuseUp(layer, x, j - i);
      return j < i ? fuseDown(layer, x, i - j) : x;
    });
    const fuse = m.child(`fuse_layers.${i}`);
    return fuse.relu(terms.reduce((sum, term) => fuse.add(sum, term)));
  });
}

function transition(
  m: Module,
  inputs: readonly Value[],
  stage: StageArchitecture,
  record: RecordStage,
): Value[] {
  return stage.channels.map((_, i) => {
    const last = inputs[Math.min(i, inputs.length - 1)];
    if (!last) throw new Error(`${m.path}: no branch to start from`);
    if (!stage.entered[i]) return last;
    const layer = m.child(i);
    const isNew = i >= inputs.length;
    const out = isNew ? convBnRelu(layer.child(0), 0, 1, last, 2) : convBnRelu(layer, 0, 1, last);
    return record(`${m.path}.${i}`, out);
  });
}

/**
 * A backbone: an image [N, 3, H, W], H and W multiples of 32, to features [N, outputs, H/4, W/4].
 */
export function hrnet(m: Module, x: Value, architecture: HrnetArchitecture, record: RecordStage): Value {
  let out = record(`${m.path}.conv1`, m.conv2d('conv1', x, { stride: 2, padding: 1 }));
  out = m.relu(record(`${m.path}.bn1`, m.batchNorm('bn1', out)));
  out = m.conv2d('conv2', out, { stride: 2, padding: 1 });
  out = m.relu(record(`${m.path}.bn2`, m.batchNorm('bn2', out)));
  for (let block = 0; block < architecture.layer1.blocks; block++)
    out = bottleneck(m.child(`layer1.${block}`), out);
  record(`${m.path}.layer1`, out);

  let branches: Value[] = [out];
  architecture.stages.forEach((stage, index) => {
    branches = transition(m.child(`transition${index + 1}`), branches, stage, record);
    const isLast = index === architecture.stages.length - 1;
    for (let module = 0; module < stage.modules; module++) {
      // The last module of the last stage makes the highest resolution only.
      const outputs = isLast && module === stage.modules - 1 ? 1 : branches.length;
      branches = hrModule(m.child(`stage${index + 2}.${module}`), branches, stage.blocks, outputs);
    }
    branches.forEach((branch, i) => {
      record(`${m.path}.stage${index + 2}[${i}]`, branch);
    });
  });
  const [highest] = branches;
  if (!highest) throw new Error(`${m.path}: no branch is left`);
  return record(m.path, m.conv2d('final_layer', highest));
}
