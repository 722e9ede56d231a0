export type { RgbaImage } from '../images/rgba-image.js';
