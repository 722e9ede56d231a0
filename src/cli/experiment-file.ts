import { inputError, usageError, ZianError } from '../errors.js';
import { openFileSource } from '../node/file-source.js';
import { isDataset, PRESETS } from '../zian/config.js';
import { applyOverrides, type ParsedExperiment, parseExperiment } from '../zian/config-settings.js';
import { parseExperimentYaml } from '../zian/experiment-yaml.js';

/** The authors' experiment files have about 4 kB. */
const MAX_BYTES = 1 << 20;

async function readText(path: string): Promise<string> {
  const source = await openFileSource(path);
  try {
    if (source.size > MAX_BYTES) {
      throw inputError(
        `${path} has ${source.size} bytes, too many for an experiment file (at most ${MAX_BYTES}).`,
      );
    }
    const bytes = await source.read(0, source.size);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof ZianError) throw error;
    throw inputError(`${path} is not a YAML experiment file: it is not text in UTF-8.`, { cause: error });
  } finally {
    await source.close();
  }
}

async function baseConfig(config: string): Promise<ParsedExperiment> {
  const name = config.toLowerCase();
  if (isDataset(name)) return { config: PRESETS[name], unknownKeys: [] };
  const text = await readText(config).catch((error: unknown) => {
    const looksLikeName = !/[./\\]/.test(config);
    if (!looksLikeName) throw error;
    throw usageError(`--config ${config} is none of ${Object.keys(PRESETS).join(', ')}, and no file either.`);
  });
  return parseExperiment(parseExperimentYaml(text, config), PRESETS.refuge, config);
}

/**
 * The configuration that `--config` and `--set` describe.
 *
 * @param config `refuge`, `age`, `gamma`, or the path of an experiment file in YAML
 * @param overrides as `KEY=VALUE`
 * @throws ZianError: input for an unusable file, usage for an unusable option
 */
export async function readConfig(config: string, overrides: readonly string[]): Promise<ParsedExperiment> {
  const base = await baseConfig(config);
  return { ...base, config: applyOverrides(base.config, overrides) };
}
