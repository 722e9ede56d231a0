import { inputError } from '../errors.js';
import { type Architecture, inferArchitecture } from './architecture.js';
import type { StageCounts, StageName, ZianConfig } from './config.js';
import { expectedTensors } from './expected-tensors.js';

/** Tensors of the fine stage that the authors' HRNET_ONLY checkpoints carry although nothing reads them. */
const FINE_STAGE = /^(hrnet_roi_[23]|attention|linear_e|coatten_\w+|convf|bnf|heatmap_roi)\./;

/** Whether a tensor belongs to the authors' checkpoints of this architecture without being read. */
export function isIgnoredTensor(name: string, architecture: Pick<Architecture, 'hrnetOnly'>): boolean {
  return (
    name.endsWith('.num_batches_tracked') ||
    /^main_classifier[12]\.(weight|bias)$/.test(name) ||
    (architecture.hrnetOnly && FINE_STAGE.test(name))
  );
}

const python = (value: boolean): string => (value ? 'True' : 'False');

function optionContradictions(config: ZianConfig, found: Architecture): string[] {
  const out: string[] = [];
  const compare = (key: string, wanted: string, got: string, evidence: string): void => {
    if (wanted !== got) out.push(`${key} is ${wanted}, but ${evidence} (use --set ${key}=${got})`);
  };
  const presence = (there: boolean, names: string): string =>
    there ? `there are ${names} tensors` : `there are no ${names} tensors`;
  compare(
    'MODEL.HRNET_ONLY',
    python(config.hrnetOnly),
    python(found.hrnetOnly),
    presence(!found.hrnetOnly, 'hrnet_roi.'),
  );
  if (config.hrnetOnly || found.hrnetOnly) return out;
  const trip = found.rois.length > 1;
  compare('MODEL.TRIP_ROI', python(config.tripRoi), python(trip), presence(trip, 'hrnet_roi_3.'));
  if (config.tripRoi && trip) {
    const three = found.rois.length === 3;
    compare('MODEL.ROI_NUM', String(config.roiNum), three ? '3' : '2', presence(three, 'hrnet_roi_2.'));
  }
  const self = found.selfAttention !== false;
  compare('MODEL.SELF_ATTEN', python(config.selfAttention), python(self), presence(self, 'attention.'));
  const co = found.coAttention !== false;
  compare('MODEL.CO_ATTEN', python(config.coAttention !== false), python(co), presence(co, 'coatten_'));
  if (co && found.rois.length !== 2) {
    out.push(`there are coatten_ tensors, but ${found.rois.length} regions; co-attention joins exactly two`);
  }
  if (config.coAttention !== false && co && config.coAttention !== found.coAttention) {
    const simple = found.coAttention === 'simple';
    out.push(
      `the data set is ${config.dataset}, but ${presence(!simple, 'linear_e.')}, as in models for ` +
        (simple ? 'AGE (use --config age)' : 'REFUGE or GAMMA (use --config refuge or --config gamma)'),
    );
  }
  return out;
}

function stageContradictions(config: ZianConfig, found: Architecture): string[] {
  const out: string[] = [];
  for (const [index, stage] of found.hrnet.stages.entries()) {
    const name = `STAGE${index + 2}`;
    const stated: StageCounts | undefined = isStage(name) ? config.stages?.[name] : undefined;
    for (const [key, wanted, got] of [
      ['NUM_MODULES', stated?.modules, stage.modules],
      ['NUM_BLOCKS', stated?.blocks, stage.blocks],
      ['NUM_CHANNELS', stated?.channels, stage.channels],
    ] as const) {
      if (wanted !== undefined && String(wanted) !== String(got)) {
        out.push(
          `MODEL.EXTRA.${name}.${key} is ${JSON.stringify(wanted)}, but the tensors have ${JSON.stringify(got)}`,
        );
      }
    }
  }
  return out;
}

const isStage = (name: string): name is StageName => /^STAGE[234]$/.test(name);

const show = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/**
 * Holds a state dict against its configuration and against the architecture that its own tensors speak of.
 *
 * @param tensors shape by name; without the `module.` prefix of parallel training
 * @param source the file's name, for messages
 * @returns the architecture, every tensor of which is there in the expected shape
 * @throws inputError with every contradiction and every missing, misshapen and unexpected tensor, by name
 */
export function checkStateDict(
  config: ZianConfig,
  tensors: ReadonlyMap<string, readonly number[]>,
  source = 'the checkpoint',
): Architecture {
  const architecture = inferArchitecture(tensors, source);
  const expected = expectedTensors(architecture);
  const missing: string[] = [];
  const misshapen: string[] = [];
  for (const [name, shape] of expected) {
    const found = tensors.get(name);
    if (found === undefined) missing.push(`${name} ${show(shape)}`);
    else if (show(found) !== show(shape)) misshapen.push(`${name} ${show(found)} instead of ${show(shape)}`);
  }
  const unexpected = [...tensors.keys()].filter(
    (name) => !expected.has(name) && !isIgnoredTensor(name, architecture),
  );
  const contradictions = [
    ...optionContradictions(config, architecture),
    ...stageContradictions(config, architecture),
  ];
  const parts = [
    ['the configuration contradicts the tensors', contradictions],
    ['missing tensors', missing],
    ['tensors of the wrong shape', misshapen],
    ['unexpected tensors', unexpected],
  ] as const;
  const faults = parts.flatMap(([what, list]) =>
    list.length > 0 ? [`${what} (${list.length}): ${list.join(', ')}`] : [],
  );
  if (faults.length > 0) {
    throw inputError(
      `${source} does not fit the model that its configuration and its tensors describe: ${faults.join('; ')}.`,
    );
  }
  return architecture;
}
