import { chooseTheme, chosenTheme, THEMES } from '../shared/theme-choice.js';
import { byId } from './dom.js';

/** The button that goes through the system's theme, light and dark; the choice is kept. */
export function startThemeSwitch(): void {
  const button = byId('theme', HTMLButtonElement);
  let shown = chosenTheme();
  const label = (): void => {
    button.textContent = `Theme: ${shown}`;
  };
  label();
  button.addEventListener('click', () => {
    shown = THEMES[(THEMES.indexOf(shown) + 1) % THEMES.length] ?? 'system';
    chooseTheme(shown);
    label();
  });
}
