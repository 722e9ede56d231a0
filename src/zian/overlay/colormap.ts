import type { Color } from './canvas.js';

/**
 * Stops in OKLCh (lightness, chroma, hue in degrees) from low to high. Lightness rises evenly, so
 * that higher always looks brighter, in grey print and with colour-blind eyes too; the hues go from
 * blue over green to lime, away from the reds of a fundus.
 */
const STOPS = [
  [0.4, 0.16, 280],
  [0.54, 0.13, 245],
  [0.68, 0.13, 190],
  [0.82, 0.19, 150],
  [0.96, 0.2, 120],
] as const;

const toByte = (linear: number): number => {
  const clipped = Math.min(1, Math.max(0, linear));
  const encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(255 * encoded);
};

/** OKLCh to sRGB (Björn Ottosson, "A perceptual color space for image processing", 2020), clipped. */
function oklchToRgb(lightness: number, chroma: number, hueDegrees: number): Color {
  const hue = (hueDegrees * Math.PI) / 180;
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

const TABLE: readonly Color[] = Array.from({ length: 256 }, (_, i) => {
  const position = (i / 255) * (STOPS.length - 1);
  const index = Math.min(STOPS.length - 2, Math.floor(position));
  const [from, to] = [STOPS[index] ?? STOPS[0], STOPS[index + 1] ?? STOPS[0]];
  const mix = (k: 0 | 1 | 2): number => from[k] + (to[k] - from[k]) * (position - index);
  return oklchToRgb(mix(0), mix(1), mix(2));
});

/** The colour of a value from 0 to 1. */
export const heatColor = (value: number): Color =>
  TABLE[Math.round(255 * Math.min(1, Math.max(0, value)))] ?? [0, 0, 0];
