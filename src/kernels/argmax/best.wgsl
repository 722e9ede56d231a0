// The running result of four planes at once (the lanes): the largest key, its first position, the largest of the other keys.
struct Best {
  key: vec4<u32>,
  at: vec4<u32>,
  second: vec4<u32>,
}

// Unsigned integers in the order of the floats, -0 and 0 equal, NaN above +infinity: comparisons of floats may be
// compiled as if there were no NaN.
fn key_of(v: vec4<f32>) -> vec4<u32> {
  let bits = bitcast<vec4<u32>>(v);
  let magnitude = bits & vec4<u32>(0x7fffffffu);
  var key = select(bits | vec4<u32>(0x80000000u), ~bits, bits > vec4<u32>(0x7fffffffu));
  key = select(key, vec4<u32>(ZERO_KEY), magnitude == vec4<u32>(0u));
  return select(key, vec4<u32>(0xffffffffu), magnitude > vec4<u32>(0x7f800000u));
}

const ZERO_KEY = 0x80000000u;
// The key of -infinity.
const LOWEST_KEY = 0x007fffffu;

fn value_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key ^ 0x80000000u, key >= ZERO_KEY));
}

// No position yet: gives way to any other, even to -infinity.
fn nothing() -> Best {
  return Best(vec4<u32>(LOWEST_KEY), vec4<u32>(0xffffffffu), vec4<u32>(LOWEST_KEY));
}

// The best of two disjoint sets of positions; the earlier one of equals. Neither associativity nor order matters.
fn merge(a: Best, b: Best) -> Best {
  let b_wins = (b.key > a.key) | ((b.key == a.key) & (b.at < a.at));
  return Best(
    select(a.key, b.key, b_wins),
    select(a.at, b.at, b_wins),
    max(min(a.key, b.key), max(a.second, b.second)),
  );
}
