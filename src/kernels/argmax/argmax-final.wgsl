// Second half: one workgroup per four planes merges their PARTS partial results.
@group(0) @binding(0) var<storage, read> parts: array<Best>;
@group(0) @binding(1) var<storage, read_write> index: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> value: array<vec4<f32>>;

const SIZE = 64u;
const C4 = (CHANNELS + 3u) / 4u;
var<workgroup> bests: array<Best, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = group.y * ROW + group.x;
  if (i >= INDEX_N * C4) { return; }
  var best = nothing();
  for (var part = local; part < PARTS; part += SIZE) {
    best = merge(best, parts[i * PARTS + part]);
  }
  bests[local] = best;
  workgroupBarrier();
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    if (local < half) {
      bests[local] = merge(bests[local], bests[local + half]);
    }
    workgroupBarrier();
  }

  // One thread per plane of the four.
  let channel = i % C4 * 4u + local;
  if (local >= 4u || channel >= CHANNELS) { return; }
  let plane = i / C4 * CHANNELS + channel;
  let key = bests[0].key[local];
  // A NaN's key is above zero's as well.
  let at = select(bests[0].at[local], 0u, POSITIVE_ONLY && key <= ZERO_KEY);
  index[INDEX_OFFSET + plane * INDEX_STRIDE] = vec4<u32>(at % COLUMNS, at / COLUMNS, at, 0u);
  value[VALUE_OFFSET + plane * VALUE_STRIDE] = vec4<f32>(value_of(key), value_of(bests[0].second[local]), 0.0, 0.0);
}
