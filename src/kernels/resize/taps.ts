export type ResizeMode = 'nearest' | 'bilinear';

/** Source positions as PyTorch's CPU kernels compute them; `scale` is rounded to float32, the position is not. */
function sourcePosition(input: number, output: number, alignCorners: boolean): (index: number) => number {
  if (alignCorners) {
    const scale = output > 1 ? Math.fround((input - 1) / (output - 1)) : 0;
    return (i) => i * scale;
  }
  const scale = Math.fround(input / output);
  return (i) => Math.max(0, (i + 0.5) * scale - 0.5);
}

/**
 * The taps of `torch.nn.functional.interpolate(…, size, mode, align_corners)` along one axis, without antialiasing:
 * `output` rows of (lower index, upper index, weight of the upper in [0, 1], 0). The weight of the lower is
 * float32(1 − weight). Bit for bit those of PyTorch 1.13 on an x86-64 CPU, contiguous float32 tensors: bilinear
 * positions keep all their bits until the index is taken off, the nearest ones are rounded to float32 first.
 *
 * @param input source size in pixels, ≥ 1
 * @param output target size in pixels, ≥ 1
 * @param alignCorners ignored by nearest
 */
export function resizeTaps(
  input: number,
  output: number,
  mode: ResizeMode,
  alignCorners: boolean,
): Float32Array {
  const taps = new Float32Array(4 * output);
  const last = input - 1;
  const position = sourcePosition(input, output, alignCorners);
  const scale = Math.fround(input / output);
  for (let i = 0; i < output; i++) {
    if (mode === 'nearest') {
      const nearest = Math.min(Math.floor(Math.fround(i * scale)), last);
      taps.set([nearest, nearest, 0, 0], 4 * i);
    } else if (input === output) {
      taps.set([i, i, 0, 0], 4 * i);
    } else {
      const at = position(i);
      const lower = Math.min(Math.floor(at), last);
      taps.set([lower, Math.min(lower + 1, last), Math.min(Math.fround(at - lower), 1), 0], 4 * i);
    }
  }
  return taps;
}
