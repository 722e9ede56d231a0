export interface CropAxis {
  /** Centre coordinates in pixels of the image, one for every possible index of the peak. */
  readonly centers: readonly number[];
  /** Number of samples along this axis of the crop. */
  readonly size: number;
  /** Distance between neighbouring samples in pixels of the image. */
  readonly scale: number;
  /** Height or width of the image, ≥ 2. */
  readonly extent: number;
}

/**
 * Sampling positions of a crop along one axis, [centers.length, size] in C order, in pixels of the image: may lie
 * outside of it.
 *
 * The crop's grid is (centre + (i − ⌊size/2⌋)·scale − ⌊extent/2⌋) / ⌊extent/2⌋, every step rounded to float32 as
 * PyTorch's elementwise operators do (`scale` itself, too: 1/1.5 is not exact). `grid_sample` with
 * align_corners = false turns it into pixels; PyTorch's vectorised CPU kernel computes (g + 1)·(extent/2) − ½ with
 * g + 1 rounded and the rest fused, that is rounded once. Checked bit for bit against PyTorch 1.13 with AVX2 and FMA,
 * odd extents and extents whose half is no power of two included. Unfused, or as ((g + 1)·extent − 1)/2, some
 * positions differ in the last bit.
 *
 * @throws Error for an extent below 2, where the grid would divide by zero
 */
export function cropPositions({ centers, size, scale, extent }: CropAxis): Float32Array {
  const half = Math.floor(extent / 2);
  if (half < 1) throw new Error(`crop_and_resize: cannot crop along an axis of ${extent} pixel(s)`);
  const step = Math.fround(scale);
  const positions = new Float32Array(centers.length * size);
  centers.forEach((center, p) => {
    for (let i = 0; i < size; i++) {
      const offset = Math.fround((i - Math.floor(size / 2)) * step);
      const pixel = Math.fround(Math.fround(center) + offset);
      const grid = Math.fround(Math.fround(pixel - half) / half);
      positions[p * size + i] = Math.fround(grid + 1) * (extent / 2) - 0.5;
    }
  });
  return positions;
}
