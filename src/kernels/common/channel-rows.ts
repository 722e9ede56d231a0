/**
 * A C-order tensor as rows of channels, for references: rank 4 has its channels on axis 1, other ranks on the last.
 * `at(row, channel)` is the element's index.
 */
export interface ChannelRows {
  readonly rows: number;
  readonly channels: number;
  at(row: number, channel: number): number;
}

export function channelRows(shape: readonly number[]): ChannelRows {
  const count = shape.reduce((a, b) => a * b, 1);
  if (shape.length === 4) {
    const [, channels = 1, h = 1, w = 1] = shape;
    const plane = h * w;
    return {
      rows: count / channels,
      channels,
      at: (row, channel) => (Math.floor(row / plane) * channels + channel) * plane + (row % plane),
    };
  }
  const channels = shape.at(-1) ?? 1;
  return { rows: count / channels, channels, at: (row, channel) => row * channels + channel };
}
