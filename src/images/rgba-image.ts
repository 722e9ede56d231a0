/** An 8-bit colour image: RGBA, row-major, 4·width·height bytes, alpha always 255. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
