import { byId, el } from './dom.js';

export interface NoticeOptions {
  readonly kind?: 'warning' | 'bad' | 'good';
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** A notice that can be taken back. */
export interface Notice {
  readonly remove: () => void;
}

/** Good news goes away by itself; there is nothing to do about it. */
const GOOD_NEWS_MILLISECONDS = 12_000;

/** Says something at the top of the page until it is dismissed. The same text is never there twice. */
export function notify(text: string, { kind = 'warning', action }: NoticeOptions = {}): Notice {
  const list = byId('notices', HTMLElement);
  for (const shown of list.children) if (shown.firstChild?.textContent === text) shown.remove();
  const close = el('button', { type: 'button', 'aria-label': 'Dismiss this message' }, 'Dismiss');
  const notice = el('div', { class: `notice ${kind}` }, el('span', {}, text));
  if (action) {
    const button = el('button', { type: 'button' }, action.label);
    button.addEventListener('click', action.run);
    notice.append(button);
  }
  notice.append(close);
  close.addEventListener('click', () => notice.remove());
  list.append(notice);
  if (kind === 'good' && !action) setTimeout(() => notice.remove(), GOOD_NEWS_MILLISECONDS);
  return { remove: () => notice.remove() };
}

/** Says something to those who hear the page. */
export function announce(text: string): void {
  byId('announcer', HTMLElement).textContent = text;
}
