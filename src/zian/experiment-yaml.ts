import { type Document, isCollection, isScalar, parseDocument, visit, YAMLError } from 'yaml';
import { inputError } from '../errors.js';
import { printable } from '../weights/index.js';

/** The authors' experiment files have about 4 kB. */
const MAX_CHARACTERS = 1 << 16;

/** Brackets, braces or indentation within each other; the authors' files have four levels. */
const MAX_DEPTH = 32;

/** Aliases, and how often they may be expanded: looking one up walks the document, and files can unfold into gigabytes. */
const MAX_ALIASES = 100;

/** The one tag of Python's that is read, as the list that it is. */
const PYTHON_TUPLE = 'tag:yaml.org,2002:python/tuple';

const YAML_TOO_DEEP = 'it is nested too deep';

/** A text cannot be nested deeper than it has brackets and indicators in a row; the parser would run out of stack. */
function checkFlowDepth(text: string): void {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > MAX_DEPTH) throw new Error(YAML_TOO_DEEP);
  }
}

/** Refuses endless and too many aliases, and keys that come twice in one mapping: the parser's own check compares each with each. */
function checkNodes(document: Document): void {
  let aliases = 0;
  visit(document, {
    Alias: (_, alias, path) => {
      if (++aliases > MAX_ALIASES) throw new Error(`it has more than ${MAX_ALIASES} aliases`);
      // Within what it stands for, it would have no end.
      if (path.some((node) => isCollection(node) && node.anchor === alias.source))
        throw new Error('it refers to itself');
    },
    Node: (_, __, path) => {
      if (path.length > 3 * MAX_DEPTH) throw new Error(YAML_TOO_DEEP);
    },
    Map: (_, map) => {
      const keys = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const text = String(key.value);
        if (keys.has(text)) throw new Error(`its keys must be unique, and '${text}' comes twice`);
        keys.add(text);
      }
    },
  });
}

/** Errors without an excerpt of the text, which takes long where there are thousands; 1.1 is what Python's yaml reads: `yes` and `on` are booleans there. */
const OPTIONS = { version: '1.1', logLevel: 'silent', uniqueKeys: false, prettyErrors: false } as const;

/** What went wrong, in one line. */
function reasonOf(error: unknown, text: string): string {
  if (error instanceof RangeError) return YAML_TOO_DEEP;
  const what = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (!(error instanceof YAMLError)) return what;
  const line = text.slice(0, error.pos[0]).split('\n').length;
  return `${what.replace(/[.:]$/, '')} (line ${line})`;
}

/**
 * Parses an experiment file's YAML as plain data.
 * @param source the file's name, for messages
 * @throws ZianError (input) where the text is no YAML, has a tag that asks for anything but plain data, refers to itself,
 *   or is larger or nested deeper than any experiment file
 */
export function parseExperimentYaml(text: string, source: string): unknown {
  try {
    if (text.length > MAX_CHARACTERS)
      throw new Error(`it has ${text.length} characters, and at most ${MAX_CHARACTERS} are read`);
    checkFlowDepth(text);
    const document = parseDocument(text, OPTIONS);
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const tagged = document.warnings.find(({ message }) => !message.includes(PYTHON_TUPLE));
    if (tagged !== undefined) throw tagged;
    checkNodes(document);
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw inputError(
      `${source} is not usable YAML: ${printable(reasonOf(cause, text)).replace(/[.:]$/, '')}.`,
      { cause },
    );
  }
}
