/** Index just after the string literal that starts at `start` (its opening quote). */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

/**
 * The first key that occurs twice in one object of a JSON text, at any depth, or undefined.
 * `JSON.parse` keeps the last and says nothing. The text must be valid JSON; keys are compared after
 * their escapes are resolved.
 */
export function findDuplicateKey(text: string): string | undefined {
  // One entry per open bracket: the keys so far for an object, null for an array.
  const open: (Set<string> | null)[] = [];
  let expectKey = false;
  for (let i = 0; i < text.length; ) {
    const c = text[i];
    if (c === '"') {
      const end = endOfString(text, i);
      const keys = open.at(-1);
      if (expectKey && keys) {
        const key = String(JSON.parse(text.slice(i, end)));
        if (keys.has(key)) return key;
        keys.add(key);
        expectKey = false;
      }
      i = end;
      continue;
    }
    if (c === '{' || c === '[') {
      open.push(c === '{' ? new Set() : null);
      expectKey = c === '{';
    } else if (c === '}' || c === ']') {
      open.pop();
      expectKey = false;
    } else if (c === ',') {
      expectKey = open.at(-1) instanceof Set;
    }
    i++;
  }
  return undefined;
}
