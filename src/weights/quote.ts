import { printable } from '../printable.js';

export { printable };

/** `printable` in double quotes. */
export const quote = (text: string, maxLength = 200): string => `"${printable(text, maxLength)}"`;
