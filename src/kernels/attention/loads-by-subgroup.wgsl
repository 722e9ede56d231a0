// How attention's tile reads keys and values where subgroups are small: each of the SUBGROUP threads (4, 8 or 16) fetches
// a vec4, of key `lane % 4`, and the others take it from its registers. All of a subgroup walk the same keys. Only for
// tiles that are not MASKED. Builds on scores.wgsl and subgroup-spread.wgsl.

// Adds what channel block c4 contributes to the scores; nothing where c4 is `end`, without a branch.
fn add_scores(sums: mat4x4<f32>, fetched: vec4<f32>, first: u32, queries: vec4<u32>, c4: u32, end: u32) -> mat4x4<f32> {
  let there = vec4<bool>(c4 < end);
  let at = queries + min(c4, end - 1u);
  let zero = vec4<f32>(0.0);
  return sums + transpose(spread(fetched, first)) * mat4x4<f32>(
    select(zero, vec4<f32>(q[at.x]), there), select(zero, vec4<f32>(q[at.y]), there),
    select(zero, vec4<f32>(q[at.z]), there), select(zero, vec4<f32>(q[at.w]), there));
}

fn tile_scores(queries: vec4<u32>, keys: vec4<u32>, head: u32, range: vec2<u32>) -> mat4x4<f32> {
  let row = keys[lane % 4u];
  var sums = mat4x4<f32>();
  for (var c4 = range.x; c4 < range.y; c4 += SUBGROUP / 4u) {
    let mine = c4 + lane / 4u;
    let fetched = select(vec4<f32>(0.0), vec4<f32>(k[row + min(mine, range.y - 1u)]), vec4<bool>(mine < range.y));
    sums = add_scores(sums, fetched, 0u, queries, c4, range.y);
    if (SUBGROUP > 4u) { sums = add_scores(sums, fetched, 4u, queries, c4 + 1u, range.y); }
    if (SUBGROUP > 8u) {
      sums = add_scores(sums, fetched, 8u, queries, c4 + 2u, range.y);
      sums = add_scores(sums, fetched, 12u, queries, c4 + 3u, range.y);
    }
  }
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
