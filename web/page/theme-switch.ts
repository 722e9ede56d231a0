import { byId } from './dom.js';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const stored = (): Theme => THEMES.find((theme) => theme === localStorage.getItem('theme')) ?? 'system';

/** The button that goes through the system's theme, light and dark; the choice is kept. */
export function startThemeSwitch(): void {
  const button = byId('theme', HTMLButtonElement);
  const show = (theme: Theme): void => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  show(stored());
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(stored()) + 1) % THEMES.length] ?? 'system';
    localStorage.setItem('theme', next);
    show(next);
  });
}
