import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/graph/device.js';
import { type Graph, GraphBuilder, type Operand, optimize, type Value } from '../../src/graph/index.js';
import { Placement } from '../../src/graph/placement.js';
import { planBatch, planSteps, type Step } from '../../src/graph/steps.js';
import { workOf } from '../../src/graph/submit-schedule.js';
import type { KernelLimits } from '../../src/kernels/contract.js';
import { countNotFinite } from '../../src/kernels/count_not_finite/count_not_finite.js';
import { checkStateDict } from '../../src/zian/check-state-dict.js';
import { PRESETS } from '../../src/zian/config.js';
import { withFiniteChecks } from '../../src/zian/finite-checks.js';
import { Network } from '../../src/zian/model/network.js';
import { RELEASED, stateDictShapes } from '../support/state-dict.js';

/** The released REFUGE network for so many images, planned by `plan` from where its values lie. */
function planned(
  batch: number,
  plan: (graph: Graph, operandOf: (value: Value) => Operand) => Step[],
): Step[] {
  const shapes = stateDictShapes(RELEASED);
  const builder = new GraphBuilder({ weights: shapes, dtype: 'f32' });
  const architecture = checkStateDict(PRESETS.refuge, shapes, 'released');
  new Network(builder, PRESETS.refuge, architecture, (_, value) => value, { batch }).build();
  const graph = withFiniteChecks(optimize(builder.build()));
  const placement = new Placement(graph);
  return plan(graph, (value) => placement.of(value).operand);
}

type Device = Pick<KernelLimits, 'subgroupSize' | 'software'>;
const GPU: Device = { subgroupSize: 32, software: false };

/** Its calls for one image with the default variants of such a device. */
const stepsOn = (device: Device, batch = 1): Step[] =>
  planned(batch, (graph, operandOf) => planSteps(graph, operandOf, { ...DEFAULT_LIMITS, ...device }));

/** Its calls for a batch, as `Executable.compile` plans them. */
const batchOn = (device: Device, batch: number): Step[] =>
  planned(batch, (graph, operandOf) =>
    planBatch(graph, stepsOn(device), operandOf, { ...DEFAULT_LIMITS, ...device }),
  );

const dispatches = (steps: readonly Step[]): number =>
  steps.reduce((sum, { plan }) => sum + plan.dispatches.length, 0);

describe('the released REFUGE network', () => {
  const gpu = stepsOn(GPU);

  it('takes at most 700 dispatches with the default variants of GPUs', () => {
    expect(dispatches(gpu)).toBeLessThanOrEqual(700);
  });

  it('has no step that takes more than 6 % of its time, as the schedule of submits estimates it', () => {
    const work = gpu.map(workOf);
    const total = work.reduce((sum, each) => sum + each, 0);
    expect(Math.max(...work) / total).toBeLessThan(0.06);
  });

  it('counts what is not finite where its parts end', () => {
    const checked = gpu.filter(({ node }) => node.kernel === countNotFinite);
    expect(checked.map(({ node }) => node.inputs.x?.label)).toEqual([
      'hrnet.final_layer',
      'heatmap_ds.0',
      'hrnet_roi.final_layer + hrnet_roi_3.final_layer',
      'coatten_bn1.relu',
      'coatten_bn2.relu',
      ...['query', 'key'].map((name) => `attention.in_ator_trans.${name}`),
      ...['query', 'key'].map((name) => `attention.ator_out_trans.${name}`),
      'attention.add',
      'bnf.relu',
      'heatmap_roi.1.relu',
      'heatmap_roi.3',
    ]);
  });

  it('convolves through workgroup memory on GPUs, and not on software adapters', () => {
    const variants = (steps: readonly Step[]) =>
      steps.filter(({ node }) => node.kernel.name === 'conv2d').map(({ variant }) => variant.name);
    const matrix = variants(gpu).filter((name) => name.startsWith('gemm'));
    expect(matrix.length).toBeGreaterThan(0.9 * variants(gpu).length);
    for (const subgroupSize of [0, 4, 8])
      expect(variants(stepsOn({ subgroupSize, software: true })).join()).not.toContain('gemm');
  });
});

describe('the released REFUGE network for a batch of four', () => {
  /** How each step takes its sums: by which variant, and how many keys or steps at a time. */
  const orders = (steps: readonly Step[]) =>
    steps.map(({ node, variant, plan }) => ({
      label: node.label,
      variant: variant.name,
      chunks: plan.dispatches.map(({ parameters = {} }) => [
        parameters.keys_per_chunk,
        parameters.steps_per_split,
        parameters.splits,
      ]),
    }));

  for (const device of [GPU, { subgroupSize: 8, software: true }, { subgroupSize: 0, software: true }]) {
    const name = `subgroups of ${device.subgroupSize}${device.software ? ', software' : ''}`;
    it(`takes as many dispatches, and every sum in the order of one image: ${name}`, () => {
      const one = stepsOn(device);
      const four = batchOn(device, 4);
      expect(dispatches(four)).toBe(dispatches(one));
      // Limits of scores are maxima, which have no order.
      const sums = (steps: readonly Step[]) =>
        orders(steps.filter(({ node }) => node.kernel.name !== 'score_limit'));
      expect(sums(four)).toEqual(sums(one));
      // Left to itself a batch shares its sums out otherwise.
      expect(sums(stepsOn(device, 4))).not.toEqual(sums(one));
    });
  }

  it('is refused where a layer is too large for the device, and named', () => {
    expect(() => batchOn({ subgroupSize: 8, software: true }, 5)).toThrow(
      /The layer '.*' cannot be computed for so many images at once on this adapter; take a smaller batch\./,
    );
  });
});
