import type { NetworkFiles } from '../runner.js';

/**
 * What a bench and its engines' processes say to each other: one line of JSON each way. The engine's lines begin with
 * `MARK`, since libraries print on stdout as well.
 */
export const MARK = '@zian-peer ';

export type Command = 'start' | 'run';

/** First argument of an engine's process, as JSON. */
export interface WorkerRequest {
  readonly files: NetworkFiles;
  /** As `openDevice` takes it. */
  readonly adapter?: string;
  /** Of ONNX Runtime: its execution provider. Of PyTorch: its device. */
  readonly provider?: string;
}

export type Answer =
  | {
      readonly type: 'first';
      readonly milliseconds: number;
      readonly about: string;
      /** File of float32 in C order by output. */
      readonly outputs: Readonly<Record<string, string>>;
    }
  | { readonly type: 'run'; readonly milliseconds: number }
  | { readonly type: 'error'; readonly message: string };

/** The answer in a line of an engine's stdout; undefined where it is something else. */
export function answerOf(line: string): Answer | undefined {
  if (!line.startsWith(MARK)) return undefined;
  const parsed: Answer = JSON.parse(line.slice(MARK.length));
  return parsed;
}
