import { parseDocument } from 'yaml';
import { inputError } from '../errors.js';
import { printable } from '../weights/index.js';

/** How often aliases may be expanded, against files that unfold into gigabytes. */
const MAX_ALIASES = 100;

/** The one tag of Python's that is read, as the list that it is. */
const PYTHON_TUPLE = 'tag:yaml.org,2002:python/tuple';

/**
 * Parses an experiment file's YAML as plain data.
 * @param source the file's name, for messages
 * @throws ZianError (input) where the text is no YAML, or has a tag that asks for anything but plain data
 */
export function parseExperimentYaml(text: string, source: string): unknown {
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
    throw inputError(`${source} is not usable YAML: ${printable(what).replace(/[.:]$/, '')}.`, { cause });
  }
}
