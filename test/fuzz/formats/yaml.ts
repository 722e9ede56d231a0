import { isDeepStrictEqual } from 'node:util';
import { PRESETS } from '../../../src/zian/config.js';
import { deserializeConfig, serializeConfig } from '../../../src/zian/config-json.js';
import { parseExperiment } from '../../../src/zian/config-settings.js';
import { parseExperimentYaml } from '../../../src/zian/experiment-yaml.js';
import { type Draw, EDGES, ODD_TEXTS } from '../draw.js';
import { check, type Format } from '../format.js';

const SEED = `CUDNN: {BENCHMARK: true, ENABLED: yes}
MODEL:
  NAME: 'zian'
  IMAGE_SIZE: [1064, 1064]
  CROP_SIZE: &size
  - 1024
  - 1024
  DS_FACTOR: 4
  REGION_RADIUS: 128
  TRIP_ROI: true
  ROI_NUM: 2
  SELF_ATTEN: True
  CO_ATTEN: on
  HRNET_TYPE: 0
  EXTRA:
    FINAL_CONV_KERNEL: 1
    STAGE2: {NUM_MODULES: 1, NUM_BRANCHES: 2, BLOCK: BASIC, NUM_BLOCKS: [4, 4], NUM_CHANNELS: [32, 64], FUSE_METHOD: SUM}
    STAGE3:
      NUM_MODULES: 4
      NUM_CHANNELS: !!python/tuple [32, 64, 128]
DATASET:
  DATA_CLAHE: false
  ROOT: "data/"
TRAIN: {LR: 0.001, OTHER: *size, AGE_DATA: false}
TEST:
  FLIP_TEST: false # comment
`;

/** Pieces of YAML that parsers disagree about. */
const PIECES: readonly string[] = [
  '&a ',
  '*a',
  '*size',
  '<<: *size',
  '!!python/object/apply:os.system ["true"]',
  '!!binary "AA=="',
  '!!set {a, b}',
  '!!omap',
  '!<tag:x> ',
  '? ',
  '- ',
  ': ',
  '---\n',
  '...\n',
  '%YAML 9.9\n---\n',
  '{',
  '}',
  '[',
  ']',
  '| \n  x\n',
  '>-\n',
  '"',
  "'",
  '#',
  '\t',
  '.nan',
  '.inf',
  '-.inf',
  '~',
  'null',
  '0o17',
  '0x1F',
  '1_000',
  '190:20:30',
  '2001-01-01',
  'yes',
  'NO',
  '\u0000',
  '\u001b[31m',
  '\u0085',
  '\u2028',
  '&x [*x, 1]',
  '&m {k: *m}',
  'MODEL: {ROI_NUM: 3}\n',
  '__proto__: {x: 1}',
  'constructor: 1',
  '1e400',
  '@',
  '`',
];

function mutate(draw: Draw, text: string): string {
  const kind = draw.below(7);
  const tokens = text.split(/(\s+|[[\]{},:])/);
  const at = draw.below(tokens.length);
  if (kind === 0) return draw.shuffled(text.split('\n')).join('\n');
  if (kind === 1) return tokens.with(at, draw.pick(PIECES)).join('');
  if (kind === 2) return tokens.with(at, `${tokens[at]}${draw.pick(PIECES)}`).join('');
  if (kind === 3)
    return tokens
      .map((token) =>
        /^\d+$/.test(token) && draw.chance(0.3) ? String(draw.pick([...EDGES, -1, 0.5, 1e308])) : token,
      )
      .join('');
  if (kind === 4) return draw.shuffled(tokens).join('');
  if (kind === 5) {
    const piece = draw.pick([
      '[',
      '{a: ',
      '- ',
      '? ',
      '&a [*a, ',
      'a:\n ',
      '*size, ',
      '[*size, *size], ',
      'k: v\n',
      '!!map ',
      '"\\x1b"',
      '  ',
      '> ',
    ]);
    return tokens.with(at, piece.repeat(draw.pick([2, 3, 5, 12, 40, 40, 400, 4000]))).join('');
  }
  return tokens.with(at, draw.pick(ODD_TEXTS)).join('');
}

export const yaml: Format = {
  name: 'yaml',
  mutate(draw) {
    let text = SEED;
    for (let i = draw.below(4); i >= 0; i--) text = mutate(draw, text);
    const bytes = new TextEncoder().encode(text);
    return draw.chance(0.1) ? draw.scrambled(bytes) : bytes;
  },
  async read(bytes) {
    const text = Buffer.from(bytes).toString('utf8');
    const { config } = parseExperiment(parseExperimentYaml(text, 'e.yaml'), PRESETS.refuge, 'e.yaml');
    const again = deserializeConfig(serializeConfig(config), 'e.yaml');
    check(isDeepStrictEqual(again, config), 'a configuration that does not survive being written');
    return 0;
  },
};
