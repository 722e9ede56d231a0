import { catalog } from '../shared/catalog.js';
import { App } from './app.js';
import { byId } from './dom.js';
import { startOffline } from './offline.js';
import { startThemeSwitch } from './theme-switch.js';

byId('version', HTMLElement).textContent = catalog.version;
startThemeSwitch();
void new App().start();
void startOffline();
