import type { Value } from '../../graph/index.js';

/** How the reference lays out a tensor that is made of tokens; images are as they are. */
export interface TokenOrder {
  /** Tokens that are the pixels of a square image are counted column by column there. */
  readonly tokens: 'pixels' | 'attractors';
  /** [token, C], [mode, token, C] or [mode, C, token]. */
  readonly as: 'rows' | 'mode-rows' | 'mode-columns';
  readonly modes: number;
}

/** Keeps a stage's result under its name in the reference data; gives the value back. */
export type RecordStage = (name: string, value: Value, order?: TokenOrder) => Value;
