// Weights in the order that `packWeights` (packing.ts) defines. A thread takes an input channel of four output channels.
// `rows` holds a factor for each row, then the rows, a filter of all input channels each.

@group(0) @binding(0) var<storage, read> rows: array<f32>;
@group(0) @binding(1) var<storage, read_write> packed: array<vec4<f32>>;

struct Filters { at: vec4<u32>, factors: vec4<f32>, wanted: vec4<bool> }

fn tap(filters: Filters, i: u32) -> vec4<f32> {
  let at = filters.at + i;
  let values = vec4<f32>(rows[at.x], rows[at.y], rows[at.z], rows[at.w]);
  return select(vec4<f32>(), filters.factors * values, filters.wanted);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let thread = id.y * p.row + id.x;
  let c4 = thread / p.width % p.cin4;
  let block = thread / (p.width * p.cin4);
  if (block >= p.blocks) { return; }
  let k = thread % p.width;
  let first_row = block / p.blocks_per_group * p.cout;
  let channel = 4 * c4 + k % 4;
  let o = block % p.blocks_per_group * p.width + k / 4 * 4 + vec4<u32>(0, 1, 2, 3);
  // Before the group's first input channel this is beyond the last one, as all is modulo 2³².
  let i = channel - o / p.cout_per_group * p.cin_per_group;
  let wanted = (o < vec4<u32>(p.cout)) & (i < vec4<u32>(p.cin_per_group));
  let row = select(vec4<u32>(), first_row + o, wanted);
  let factors = vec4<f32>(rows[row.x], rows[row.y], rows[row.z], rows[row.w]);
  let at = p.rows + (row * p.cin_per_group + select(vec4<u32>(), i, wanted)) * p.taps;
  write_filters(Filters(at, factors, wanted), (block * p.points * p.cin4 + c4) * p.width + k, p.cin4 * p.width);
}
