import { chosenTheme, showTheme } from './shared/theme-choice.js';

// Runs before the page is drawn, so that the chosen theme is there from the first frame.
showTheme(chosenTheme());
