import { inputError } from '../../src/errors.js';
import type { Stage } from '../../src/zian/stages.js';
import { release } from '../shared/decode.js';
import type { Insight, Picture, Side } from '../shared/messages.js';
import { attentionOf } from './attention.js';
import { type CallContext, type Handlers, Moved } from './calls.js';
import { decodePicture, halfOf } from './decode.js';
import type { EngineSession } from './engine-session.js';
import { stagePictures } from './stage-pictures.js';

/** What the network saw, stage by stage. The stages of the last picture are kept for questions about its attention. */
export function insightCalls(session: EngineSession): Handlers<'insight' | 'attention'> {
  let kept:
    | { readonly stages: ReadonlyMap<string, Stage>; readonly side: number; readonly modes: number }
    | undefined;

  async function insight(
    { picture, side }: { readonly picture: Picture; readonly side?: Side },
    { progress, signal }: CallContext,
  ): Promise<Moved<Insight>> {
    const { zian } = session;
    kept = undefined;
    progress({ stage: 'decode', done: 0, total: 0, unit: 'count' });
    const decoded = await decodePicture(picture);
    const image = side === undefined ? decoded : await halfOf(decoded, side, picture.name);
    signal.throwIfAborted();
    progress({ stage: 'stages', done: 0, total: 0, unit: 'count' });
    const stages = await zian.stages(image, { signal });
    release(image);
    release(decoded);
    const pictures = stagePictures(stages, zian.config, zian.architecture);
    const { selfAttention } = zian.architecture;
    if (selfAttention) kept = { stages, side: 2 * zian.config.regionRadius, modes: selfAttention.modes };
    return new Moved(
      { pictures, ...(kept ? { attentionSide: kept.side } : {}) },
      pictures.map(({ pixels }) => pixels.buffer),
    );
  }

  return {
    insight,
    attention: async ({ x, y }) => {
      if (!kept) throw inputError('Open what the network saw first.');
      const found = attentionOf(kept.stages, kept.side, kept.modes, { x, y });
      return new Moved(
        found,
        found.modes.map(({ buffer }) => buffer),
      );
    },
  };
}
