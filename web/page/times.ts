import type { StageTime } from '../shared/messages.js';
import { type Activities, unlessCancelled } from './activity.js';
import { byId } from './dom.js';
import { type Engine, messageOf } from './engine.js';
import { notify } from './notices.js';
import type { Pictures } from './pictures.js';
import { showTimes } from './times-panel.js';

/** The section with the times of the selected picture and of the network's stages. */
export function startTimes(pictures: Pictures, engine: Engine, activities: Activities): void {
  const measure = byId('measure', HTMLButtonElement);
  let stages: readonly StageTime[] | undefined;
  const show = (): void => showTimes(pictures.current, stages);
  const enable = (): void => {
    const timestamps = engine.device.value.report?.features.includes('timestamp-query') ?? false;
    measure.disabled = !timestamps || pictures.current?.outcome === undefined;
    measure.title = timestamps ? '' : 'This adapter has no timestamps';
  };
  pictures.items.watch(() => {
    show();
    enable();
  });
  pictures.selected.watch(() => {
    show();
    enable();
  });
  engine.device.watch(enable);
  engine.model.watch(({ state }) => {
    if (state === 'ready') return;
    stages = undefined;
    show();
  });
  measure.addEventListener('click', () => {
    void unlessCancelled(
      activities.run('Measuring the stages', async (context) => {
        context.onProgress({ stage: 'network', done: 0, total: 0, unit: 'count' });
        stages = await engine.call('profile', {}, context);
        show();
      }),
      (error) => notify(messageOf(error), { kind: 'bad' }),
    );
  });
}
