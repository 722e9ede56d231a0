import { byId, el } from './dom.js';

const BROWSERS = [
  'Chrome and Edge: from 113 on Windows, macOS and ChromeOS; from 121 on Android 12 and newer; on Linux from 144 with Intel GPUs (12th generation and newer) and from 147 with NVIDIA GPUs',
  'Safari: from 26 on macOS, iOS, iPadOS and visionOS',
  'Firefox: from 141 on Windows, from 145 on Macs with Apple silicon',
];

const SETTINGS = [
  'Chrome, Edge: switch on “Use graphics acceleration when available” under Settings, System. chrome://gpu tells whether WebGPU is blocked; chrome://flags/#enable-unsafe-webgpu unblocks it, and on other Linux systems so does starting with --enable-unsafe-webgpu --enable-features=Vulkan.',
  'Firefox: about:support tells under “Graphics” whether WebGPU is blocked; elsewhere than above, dom.webgpu.enabled in about:config switches it on in Nightly.',
  'Update the graphics driver, and restart the browser afterwards. Remote desktops and virtual machines often have no GPU.',
];

/** Says why there is no GPU to compute on, and where there would be. */
export function showUnsupported(why: string, retry: () => void): void {
  const panel = byId('unsupported', HTMLElement);
  const again = el('button', { type: 'button' }, 'Try again');
  again.addEventListener('click', () => {
    panel.hidden = true;
    retry();
  });
  panel.replaceChildren(
    el('h2', {}, 'No GPU to compute on'),
    el('p', { class: 'why', role: 'alert' }, why),
    el('p', {}, 'ZIAN runs on WebGPU, in these browsers (as of late 2026):'),
    el('ul', {}, ...BROWSERS.map((line) => el('li', {}, line))),
    el('p', {}, 'If yours is among them:'),
    el('ul', {}, ...SETTINGS.map((line) => el('li', {}, line))),
    el(
      'p',
      { class: 'muted' },
      'Checkpoints can still be converted here: that needs no GPU. Pictures can be looked at, but not run.',
    ),
    el('div', { class: 'actions' }, again),
  );
  panel.hidden = false;
}

export function hideUnsupported(): void {
  byId('unsupported', HTMLElement).hidden = true;
}
