import type { Canvas, Color } from './canvas.js';

const COLUMNS = 5;

/** Height of a capital; descenders add two more. */
const ROWS = 7;

/** Distance from one character to the next and from one line to the next, in dots. */
const ADVANCE = 6;
const LINE = 12;

/** Rows of five dots, top to bottom, one base-32 digit each (nine with a descender); space to tilde in ASCII order. */
const ASCII_GLYPHS = `
0000000 4444404 aa00000 aavavaa 4fke5u4 op248j3 cik8lid 4480000 2488842 8422248 04lel40 044v440 00000cc48 000v000
00000cc 01248g0 ehjlphe 4c4444e eh1248v v2421he 26aiv22 vgu11he 68guhhe v124888 ehhehhe ehhf12c 0cc0cc0 0cc00cc48
248g842 00v0v00 8421248 eh12404 eh1dlle ehhvhhh uhhuhhu ehggghe sihhhis vgguggv vgguggg ehgnhhf hhhvhhh e44444e
72222ic hikokih ggggggv hrllhhh hhpljhh ehhhhhe uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhha4 hhhllla
hha4ahh hhha444 v1248gv e88888e 0g84210 e22222e 4ah0000 000000v 8420000 00e1fhf ggmphhu 00egghe 11djhhf 00ehvge
698s888 00fhhhf1e ggmphhh 40c444e 206222ic ggikoki c44444e 00qllll 00mphhh 00ehhhe 00uhhhugg 00fhhhf11 00mpggg 00fge1u
88s8896 00hhhjd 00hhha4 00hhlla 00ha4ah 00hhhhf1e 00v248v 2448442 4444444 8442448 008l200
`
  .trim()
  .split(/\s+/);

const OTHER_GLYPHS: Readonly<Record<string, string>> = {
  '×': '0ha4ah0',
  '±': '44v440v',
  '°': 'eae0000',
  µ: '00hhhhugg',
  '–': '000v000',
  '—': '000v000',
  '−': '000v000',
  '…': '00000ll',
  '·': '000cc00',
  '’': '4480000',
};

const UNKNOWN = 'vhhhhhv';

const glyphOf = (character: string): string =>
  ASCII_GLYPHS[character.charCodeAt(0) - 0x20] ?? OTHER_GLYPHS[character] ?? UNKNOWN;

/** Pixels that a text takes with dots of `dot` pixels. */
export const textWidth = (text: string, dot: number): number =>
  Math.max(0, [...text].length * ADVANCE - 1) * dot;

export const textHeight = (dot: number): number => ROWS * dot;

export const lineHeight = (dot: number): number => LINE * dot;

/** Draws one line, its top-left corner at (left, top); what lies outside the canvas is cut off. */
export function drawText(
  canvas: Canvas,
  text: string,
  left: number,
  top: number,
  dot: number,
  color: Color,
): void {
  for (const [i, character] of [...text].entries()) {
    for (const [row, digit] of [...glyphOf(character)].entries()) {
      const dots = Number.parseInt(digit, 32);
      for (let column = 0; column < COLUMNS; column++) {
        if ((dots & (1 << (COLUMNS - 1 - column))) === 0) continue;
        const x = left + (i * ADVANCE + column) * dot;
        const y = top + row * dot;
        canvas.fill({ left: x, top: y, right: x + dot, bottom: y + dot }, color);
      }
    }
  }
}

/** Breaks a text into lines of at most `width` pixels: between words, inside a word only where it alone is too long. */
export function wrapText(text: string, width: number, dot: number): string[] {
  const longest = Math.max(1, Math.floor((width / dot + 1) / ADVANCE));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const joined = line === '' ? word : `${line} ${word}`;
    if ([...joined].length <= longest) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    let rest = [...word];
    while (rest.length > longest) {
      lines.push(rest.slice(0, longest).join(''));
      rest = rest.slice(longest);
    }
    line = rest.join('');
  }
  lines.push(line);
  return lines;
}
