// How attention's tile reads keys and values: each thread all of them for itself. Builds on scores.wgsl.

struct Queries { rows: vec4<u32> }

fn prepare_loads() {}

fn load_queries(rows: vec4<u32>, range: vec2<u32>) -> Queries {
  return Queries(rows);
}

fn tile_scores(queries: Queries, keys: vec4<u32>, head: u32, range: vec2<u32>) -> mat4x4<f32> {
  return scores(queries.rows, keys, head, range);
}

fn v_block(row: u32, c4: u32, exists: bool) -> vec4<f32> {
  let value = vec4<f32>(v[row + min(c4, p.v_c4 - 1u)]);
  if (!MASKED) { return value; }
  return select(vec4<f32>(0.0), value, exists);
}

fn values_at(rows: vec4<u32>, c4: u32, exist: vec4<bool>) -> mat4x4<f32> {
  return mat4x4<f32>(
    v_block(rows.x, c4, exist.x), v_block(rows.y, c4, exist.y),
    v_block(rows.z, c4, exist.z), v_block(rows.w, c4, exist.w));
}

// The values of 4 keys whose tokens begin at `rows`, BLOCK vec4s from c4 on.
fn values(rows: vec4<u32>, c4: u32, exist: vec4<bool>) -> Values {
  var found = Values();
  found.v0 = values_at(rows, c4, exist);
  if (BLOCK > 1u) { found.v1 = values_at(rows, c4 + 1u, exist); }
  if (BLOCK > 2u) { found.v2 = values_at(rows, c4 + 2u, exist); }
  if (BLOCK > 3u) { found.v3 = values_at(rows, c4 + 3u, exist); }
  if (BLOCK > 4u) { found.v4 = values_at(rows, c4 + 4u, exist); }
  if (BLOCK > 5u) { found.v5 = values_at(rows, c4 + 5u, exist); }
  return found;
}
