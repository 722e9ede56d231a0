import type { RgbaImage } from '../src/zian/image.js';
import { Canvas } from '../src/zian/overlay/canvas.js';
import { scaleForDisplay } from '../src/zian/overlay/scale.js';

const COLUMNS = 4;
/** Of a picture on the sheet, in pixels. */
const CELL = { width: 480, height: 520 } as const;
const GAP = 8;
const BACKGROUND = [24, 26, 30] as const;

/** Pictures side by side, in rows of four, each as large as its cell allows. */
export function contactSheet(pictures: readonly RgbaImage[]): RgbaImage {
  const rows = Math.ceil(pictures.length / COLUMNS);
  const columns = Math.min(COLUMNS, pictures.length);
  const across = columns * (CELL.width + GAP) + GAP;
  const sheet = new Canvas(across, rows * (CELL.height + GAP) + GAP, BACKGROUND);
  for (const [i, picture] of pictures.entries()) {
    const scale = Math.min(CELL.width / picture.width, CELL.height / picture.height);
    const width = Math.max(1, Math.round(picture.width * scale));
    const height = Math.max(1, Math.round(picture.height * scale));
    const left = GAP + (i % COLUMNS) * (CELL.width + GAP) + Math.floor((CELL.width - width) / 2);
    const top = GAP + Math.floor(i / COLUMNS) * (CELL.height + GAP) + Math.floor((CELL.height - height) / 2);
    sheet.place(scaleForDisplay(picture, width, height), left, top);
  }
  return sheet;
}
