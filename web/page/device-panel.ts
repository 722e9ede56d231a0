import { byId, el, term } from './dom.js';
import type { DeviceState } from './engine.js';
import { bytes, count } from './format.js';

const STATES: Readonly<Record<DeviceState['state'], string>> = {
  closed: 'not in use',
  opening: 'being opened',
  open: 'ready; it has passed the self-test',
  failed: 'cannot be used',
  lost: 'lost',
};

const LIMITS = [
  ['maxBufferSize', 'Largest buffer', bytes],
  ['maxStorageBufferBindingSize', 'Largest binding', bytes],
  ['maxComputeWorkgroupStorageSize', 'Workgroup memory', bytes],
  ['maxComputeInvocationsPerWorkgroup', 'Threads per workgroup', count],
] as const;

/** The adapter, as far as the browser tells. */
export function showDevice(device: DeviceState, recoveries: number): void {
  const { report } = device;
  const why = 'why' in device ? `: ${device.why}` : '';
  const state = term('State', `${STATES[device.state]}${why}`);
  const recovered = recoveries > 0 ? term('Recovered', `${recoveries} × from a lost device`) : [];
  if (!report) {
    byId('device', HTMLElement).replaceChildren(el('dl', { class: 'facts' }, ...state, ...recovered));
    return;
  }
  const told = (text: string): string => (text === '' ? 'not told by the browser' : text);
  const about = el(
    'dl',
    { class: 'facts' },
    ...state,
    ...recovered,
    ...term('Adapter', report.name),
    ...term('Vendor', told([report.vendor, report.architecture].filter((text) => text !== '').join(', '))),
    ...term('Computes on', report.software ? 'the CPU, through a software adapter: slow' : 'a GPU'),
  );
  const limits = el(
    'dl',
    { class: 'facts' },
    ...term('Half precision', report.features.includes('shader-f16') ? 'yes' : 'no'),
    ...term('Subgroups', report.features.includes('subgroups') ? 'yes' : 'no'),
    ...term('Timestamps', report.features.includes('timestamp-query') ? 'yes' : 'no'),
    ...LIMITS.flatMap(([name, label, format]) => term(label, format(report.limits[name]))),
  );
  byId('device', HTMLElement).replaceChildren(el('div', { class: 'columns' }, about, limits));
}
