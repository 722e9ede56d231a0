// Second half: one workgroup per plane merges its PARTS partial results.
@group(0) @binding(0) var<storage, read> x: array<X_T>;
@group(0) @binding(1) var<storage, read> parts: array<Best>;
@group(0) @binding(2) var<storage, read_write> index: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> value: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> around: array<vec4<f32>>;

const SIZE = 64u;
var<workgroup> bests: array<Best, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let plane = group.y * ROW + group.x;
  if (plane >= INDEX_N * INDEX_W) { return; }
  var best = nothing();
  for (var part = local; part < PARTS; part += SIZE) {
    best = merge(best, parts[plane * PARTS + part]);
  }
  bests[local] = best;
  workgroupBarrier();
  if (local > 0u) { return; }

  // One barrier and 63 short steps: a tree of barriers costs a software adapter a second of compilation.
  for (var i = 1u; i < SIZE; i++) {
    best = merge(best, bests[i]);
  }
  // A NaN's key is above zero's as well.
  let at = select(best.at, 0u, POSITIVE_ONLY && best.key <= ZERO_KEY);
  index[INDEX_OFFSET + plane * INDEX_STRIDE] = vec4<u32>(at % COLUMNS, at / COLUMNS, at, 0u);
  value[VALUE_OFFSET + plane * VALUE_STRIDE] = vec4<f32>(value_of(best.key), value_of(best.second), 0.0, 0.0);

  let column = at % COLUMNS;
  let row = at / COLUMNS;
  let first = 4u * (X_OFFSET + plane / X_C * X_H * X_W * X_STRIDE) + plane % X_C;
  // Beyond the border lies the peak itself.
  let left = x[first + 4u * (at - min(column, 1u)) * X_STRIDE];
  let right = x[first + 4u * (at + min(COLUMNS - 1u - column, 1u)) * X_STRIDE];
  let above = x[first + 4u * (at - min(row, 1u) * COLUMNS) * X_STRIDE];
  let below = x[first + 4u * (at + min(X_H - 1u - row, 1u) * COLUMNS) * X_STRIDE];
  around[AROUND_OFFSET + plane * AROUND_STRIDE] = vec4<f32>(f32(left), f32(right), f32(above), f32(below));
}
