// How attention's tile reads keys and values where subgroups are small: each of the SUBGROUP threads (4, 8 or 16) fetches
// a vec4, of key `lane % 4`, and the others take it from its registers. All of a subgroup walk the same keys. Queries are
// read once: SIZE4 vec4s of a head, 8 at the most. Only for tiles that are not MASKED. Builds on scores.wgsl and
// subgroup-spread.wgsl.

struct Queries {
  q0: mat4x4<f32>,
  q1: mat4x4<f32>,
  q2: mat4x4<f32>,
  q3: mat4x4<f32>,
  q4: mat4x4<f32>,
  q5: mat4x4<f32>,
  q6: mat4x4<f32>,
  q7: mat4x4<f32>,
}

fn query_columns(rows: vec4<u32>, c4: u32) -> mat4x4<f32> {
  let at = rows + c4;
  return mat4x4<f32>(vec4<f32>(q[at.x]), vec4<f32>(q[at.y]), vec4<f32>(q[at.z]), vec4<f32>(q[at.w]));
}

fn load_queries(rows: vec4<u32>, range: vec2<u32>) -> Queries {
  var found = Queries();
  found.q0 = query_columns(rows, range.x);
  if (SIZE4 > 1u) { found.q1 = query_columns(rows, range.x + 1u); }
  if (SIZE4 > 2u) { found.q2 = query_columns(rows, range.x + 2u); }
  if (SIZE4 > 3u) { found.q3 = query_columns(rows, range.x + 3u); }
  if (SIZE4 > 4u) { found.q4 = query_columns(rows, range.x + 4u); }
  if (SIZE4 > 5u) { found.q5 = query_columns(rows, range.x + 5u); }
  if (SIZE4 > 6u) { found.q6 = query_columns(rows, range.x + 6u); }
  if (SIZE4 > 7u) { found.q7 = query_columns(rows, range.x + 7u); }
  return found;
}

// The keys' channels from c4 on that a fetch holds: one vec4, or two or four with larger subgroups.
fn fetch_key(row: u32, c4: u32, end: u32) -> vec4<f32> {
  return vec4<f32>(k[row + min(c4 + lane / 4u, end - 1u)]);
}

fn tile_scores(queries: Queries, keys: vec4<u32>, head: u32, range: vec2<u32>) -> mat4x4<f32> {
  let row = keys[lane % 4u];
  let f0 = fetch_key(row, range.x, range.y);
  var sums = transpose(spread(f0, 0u)) * queries.q0;
  var f1 = f0;
  if (SUBGROUP == 4u) { f1 = fetch_key(row, range.x + 1u, range.y); }
  if (SIZE4 > 1u) { sums += transpose(spread(f1, 4u % SUBGROUP)) * queries.q1; }
  var f2 = f1;
  if (SUBGROUP < 16u) { f2 = fetch_key(row, range.x + 2u, range.y); }
  if (SIZE4 > 2u) { sums += transpose(spread(f2, 8u % SUBGROUP)) * queries.q2; }
  var f3 = f2;
  if (SUBGROUP == 4u) { f3 = fetch_key(row, range.x + 3u, range.y); }
  if (SIZE4 > 3u) { sums += transpose(spread(f3, 12u % SUBGROUP)) * queries.q3; }
  let f4 = fetch_key(row, range.x + 4u, range.y);
  if (SIZE4 > 4u) { sums += transpose(spread(f4, 16u % SUBGROUP)) * queries.q4; }
  var f5 = f4;
  if (SUBGROUP == 4u) { f5 = fetch_key(row, range.x + 5u, range.y); }
  if (SIZE4 > 5u) { sums += transpose(spread(f5, 20u % SUBGROUP)) * queries.q5; }
  var f6 = f5;
  if (SUBGROUP < 16u) { f6 = fetch_key(row, range.x + 6u, range.y); }
  if (SIZE4 > 6u) { sums += transpose(spread(f6, 24u % SUBGROUP)) * queries.q6; }
  var f7 = f6;
  if (SUBGROUP == 4u) { f7 = fetch_key(row, range.x + 7u, range.y); }
  if (SIZE4 > 7u) { sums += transpose(spread(f7, 28u % SUBGROUP)) * queries.q7; }
  return bitcast<f32>(p.scale) * sums;
}

fn fetch_value(row: u32, c4: u32) -> vec4<f32> {
  return vec4<f32>(v[row + min(c4, p.v_c4 - 1u)]);
}

// The values of 4 keys whose tokens begin at `rows`, BLOCK vec4s from c4 on.
fn values(rows: vec4<u32>, c4: u32, exist: vec4<bool>) -> Values {
  let row = rows[lane % 4u];
  let mine = c4 + lane / 4u;
  let f0 = fetch_value(row, mine);
  var f1 = f0;
  if (SUBGROUP == 4u) { f1 = fetch_value(row, mine + 1u); }
  var f2 = f0;
  if (SUBGROUP < 16u) { f2 = fetch_value(row, mine + 2u); }
  var f3 = f2;
  if (SUBGROUP == 4u) { f3 = fetch_value(row, mine + 3u); }
  let f4 = fetch_value(row, mine + 4u);
  var f5 = f4;
  if (SUBGROUP == 4u) { f5 = fetch_value(row, mine + 5u); }
  return Values(
    spread(f0, 0u), spread(f1, 4u % SUBGROUP), spread(f2, 8u % SUBGROUP), spread(f3, 12u % SUBGROUP),
    spread(f4, 0u), spread(f5, 4u % SUBGROUP));
}
