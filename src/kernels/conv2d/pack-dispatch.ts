import { linearGrid } from '../common/grid.js';
import type { ConstantValue, Dispatch } from '../contract.js';
import type { ConvGeometry } from './geometry.js';
import body from './pack.wgsl';
import taps from './pack_taps.wgsl';
import winograd from './pack_winograd.wgsl';
import winograd2 from './pack_winograd_2.wgsl';
import winograd4 from './pack_winograd_4.wgsl';
import { blocking } from './packing.js';
import { POINTS_4, type TileSize, WEIGHTS_2, WEIGHTS_4 } from './winograd-matrices.js';

interface Transform {
  readonly name: string;
  readonly includes: readonly string[];
  readonly constants: Readonly<Record<string, ConstantValue>>;
}

const TAPS: Transform = { name: 'taps', includes: [taps], constants: {} };
const WINOGRAD: Readonly<Record<TileSize, Transform>> = {
  2: {
    name: 'winograd-2',
    includes: [winograd2, winograd],
    constants: { ZERO: { f32: WEIGHTS_2.zero }, ONE: { f32: WEIGHTS_2.one } },
  },
  4: {
    name: 'winograd-4',
    includes: [winograd4, winograd],
    constants: {
      P: { f32: POINTS_4.p },
      Q: { f32: POINTS_4.q },
      ZERO: { f32: WEIGHTS_4.zero },
      AT_P: { f32: WEIGHTS_4.atP },
      AT_Q: { f32: WEIGHTS_4.atQ },
    },
  },
};

/**
 * `packWeights` as a dispatch.
 * @param tile the filters are transformed for Winograd's F(tile, 3); absent: their taps stay as they are
 */
export function packDispatch(g: ConvGeometry, vec4sPerThread: number, tile?: TileSize): Dispatch {
  const { name, includes, constants } = tile ? WINOGRAD[tile] : TAPS;
  const b = blocking(g, vec4sPerThread);
  const blocks = g.branches * b.groups * b.blocksPerGroup;
  const width = 4 * vec4sPerThread;
  const grid = linearGrid(blocks * b.cin4 * width);
  const filterTaps = g.kernel[0] * g.kernel[1];
  const cout = g.cout / b.groups;
  return {
    shader: { name: `conv2d-pack ${name}`, body, includes },
    bindings: ['rows', 'packed'],
    constants,
    parameters: {
      row: grid.rowThreads,
      rows: g.branches * g.cout,
      blocks,
      blocks_per_group: b.blocksPerGroup,
      width,
      cin4: b.cin4,
      cin_per_group: g.cin / g.groups,
      cout,
      // Where a shader's group is a real one, all of its output channels read the same input channels.
      cout_per_group: b.groups === 1 ? g.cout / g.groups : cout,
      taps: filterTaps,
      points: tile ? (tile + 2) ** 2 : filterTaps,
    },
    workgroups: grid.workgroups,
  };
}
