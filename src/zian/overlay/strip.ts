import { type Bounds, Canvas, type Color } from './canvas.js';
import { heatColor } from './colormap.js';
import { drawText, lineHeight, textHeight, textWidth, wrapText } from './font.js';
import { drawCoarse, drawLandmark, drawRegion } from './marks.js';

export type LegendEntry =
  | { readonly kind: 'landmark' | 'coarse' | 'heat'; readonly label: string }
  | { readonly kind: 'region'; readonly label: string; readonly color: Color };

export const STRIP_BACKGROUND: Color = [20, 22, 26];
const TEXT_COLOR: Color = [236, 238, 240];
const LEGEND_COLOR: Color = [176, 182, 190];

/** Lengths in dots of the font. */
const PADDING = 6;
const SYMBOL_GAP = 4;
const ENTRY_GAP = 10;
const SYMBOL_WIDTH = { landmark: 11, coarse: 7, region: 9, heat: 40 } as const;

interface PlacedEntry {
  readonly entry: LegendEntry;
  readonly left: number;
  readonly line: number;
}

function placeLegend(entries: readonly LegendEntry[], width: number, dot: number): PlacedEntry[] {
  let left = 0;
  let line = 0;
  return entries.map((entry) => {
    const needed = (SYMBOL_WIDTH[entry.kind] + SYMBOL_GAP) * dot + textWidth(entry.label, dot);
    if (left > 0 && left + needed > width) {
      left = 0;
      line++;
    }
    const placed = { entry, left, line };
    left += needed + ENTRY_GAP * dot;
    return placed;
  });
}

function drawSymbol(canvas: Canvas, entry: LegendEntry, left: number, top: number, dot: number): void {
  const all: Bounds = { left: 0, top: 0, right: canvas.width, bottom: canvas.height };
  const width = SYMBOL_WIDTH[entry.kind] * dot;
  const height = textHeight(dot);
  const centre = { x: left + (width - 1) / 2, y: top + (height - 1) / 2 };
  if (entry.kind === 'landmark') drawLandmark(canvas, all, centre, 2.75 * dot);
  else if (entry.kind === 'coarse') drawCoarse(canvas, all, centre, 2.5 * dot);
  else if (entry.kind === 'region') {
    drawRegion(canvas, all, { x0: left, y0: top, x1: left + width - 1, y1: top + height - 1 }, entry.color);
  } else {
    // As it is blended into the image, from invisible to full.
    for (let x = 0; x < width; x++) {
      const value = x / (width - 1);
      for (let y = top; y < top + height; y++) canvas.blend(left + x, y, heatColor(value), Math.sqrt(value));
    }
  }
}

/** The strip below the picture: the caption's lines, then what the colours mean. */
export function makeStrip(
  width: number,
  dot: number,
  caption: readonly string[],
  legend: readonly LegendEntry[],
): Canvas {
  const padding = PADDING * dot;
  const inner = Math.max(1, width - 2 * padding);
  const lines = caption.flatMap((text) => wrapText(text, inner, dot));
  const entries = placeLegend(legend, inner, dot);
  const legendLines = entries.reduce((most, { line }) => Math.max(most, line + 1), 0);
  const gap = lines.length > 0 && legendLines > 0 ? 2 * dot : 0;
  const rows = lines.length + legendLines;
  const below = rows > 0 ? lineHeight(dot) - textHeight(dot) : 0;
  const height = 2 * padding + gap + rows * lineHeight(dot) - below;
  const canvas = new Canvas(width, height, STRIP_BACKGROUND);
  for (const [i, line] of lines.entries()) {
    drawText(canvas, line, padding, padding + i * lineHeight(dot), dot, TEXT_COLOR);
  }
  const legendTop = padding + gap + lines.length * lineHeight(dot);
  for (const { entry, left, line } of entries) {
    const top = legendTop + line * lineHeight(dot);
    drawSymbol(canvas, entry, padding + left, top, dot);
    const textLeft = padding + left + (SYMBOL_WIDTH[entry.kind] + SYMBOL_GAP) * dot;
    drawText(canvas, entry.label, textLeft, top, dot, LEGEND_COLOR);
  }
  return canvas;
}
