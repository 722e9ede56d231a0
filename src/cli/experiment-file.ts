import { parseDocument } from 'yaml';
import { inputError, usageError, ZianError } from '../errors.js';
import { openFileSource } from '../node/file-source.js';
import { printable } from '../weights/index.js';
import { isDataset, PRESETS } from '../zian/config.js';
import { applyOverrides, type ParsedExperiment, parseExperiment } from '../zian/config-settings.js';

/** The authors' experiment files have about 4 kB. */
const MAX_BYTES = 1 << 20;

/** How often aliases may be expanded, against files that unfold into gigabytes. */
const MAX_ALIASES = 100;

/** The one tag of Python's that is read, as the list that it is. */
const PYTHON_TUPLE = 'tag:yaml.org,2002:python/tuple';

/**
 * Parses YAML as plain data.
 * @throws ZianError (input) where the text is no YAML, or has a tag that asks for anything but plain data
 */
function parseYaml(text: string, path: string): unknown {
  try {
    // 1.1 is what Python's yaml reads: `yes` and `on` are booleans there.
    const document = parseDocument(text, { version: '1.1', logLevel: 'silent' });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const tagged = document.warnings.find(({ message }) => !message.includes(PYTHON_TUPLE));
    if (tagged !== undefined) throw tagged;
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    const what = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw inputError(`${path} is not usable YAML: ${printable(what).replace(/[.:]$/, '')}.`, { cause });
  }
}

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
  return parseExperiment(parseYaml(text, config), PRESETS.refuge, config);
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
