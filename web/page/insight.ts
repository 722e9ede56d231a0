import type { Side } from '../shared/messages.js';
import { type Activities, unlessCancelled } from './activity.js';
import { byId } from './dom.js';
import { type Engine, messageOf } from './engine.js';
import { clearInsight, showInsight } from './insight-panel.js';
import { notify } from './notices.js';
import type { Pictures } from './pictures.js';

/** The section that opens what the network saw of the selected picture. */
export function startInsight(pictures: Pictures, engine: Engine, activities: Activities): void {
  const open = byId('open-insight', HTMLButtonElement);
  const sides = byId('insight-side', HTMLSelectElement);
  let of: number | undefined;

  const show = (): void => {
    const item = pictures.current;
    open.disabled = item?.outcome === undefined;
    sides.hidden = item?.outcome?.findings.length !== 2;
    if (of !== undefined && item?.id !== of) {
      of = undefined;
      clearInsight();
    }
  };
  pictures.items.watch(show);
  pictures.selected.watch(show);
  // Its stages are gone with the model.
  engine.model.watch(({ state }) => {
    if (state !== 'ready') clearInsight();
  });

  open.addEventListener('click', () => {
    const item = pictures.current;
    if (!item) return;
    const { name, blob, id } = item;
    const side: Side | undefined = sides.hidden ? undefined : sides.value === 'right' ? 'right' : 'left';
    void unlessCancelled(
      activities.run(`Looking inside: ${name}`, async (context) => {
        const picture = { name, blob };
        const insight = await engine.call('insight', { picture, ...(side ? { side } : {}) }, context);
        of = id;
        showInsight(insight, (x, y) => engine.plainCall('attention', { x, y }));
      }),
      (error) => notify(messageOf(error), { kind: 'bad' }),
    );
  });
}
