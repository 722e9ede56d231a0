// The running result over some positions of a plane: the largest key, its first position, the largest of the other keys.
struct Best {
  key: u32,
  at: u32,
  second: u32,
}

const ZERO_KEY = 0x80000000u;
// The key of -infinity.
const LOWEST_KEY = 0x007fffffu;

// Unsigned integers in the order of the floats, -0 and 0 equal, NaN above +infinity: comparisons of floats may be
// compiled as if there were no NaN.
fn key_of(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  let magnitude = bits & 0x7fffffffu;
  let ordered = select(bits | ZERO_KEY, ~bits, bits > 0x7fffffffu);
  return select(select(ordered, ZERO_KEY, magnitude == 0u), 0xffffffffu, magnitude > 0x7f800000u);
}

fn value_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key ^ ZERO_KEY, key >= ZERO_KEY));
}

// No position yet: gives way to any other, even to -infinity.
fn nothing() -> Best {
  return Best(LOWEST_KEY, 0xffffffffu, LOWEST_KEY);
}

// The best of two disjoint sets of positions; the earlier one of equals, in whatever order the sets are merged.
fn merge(a: Best, b: Best) -> Best {
  let b_wins = b.key > a.key || (b.key == a.key && b.at < a.at);
  return Best(
    max(a.key, b.key),
    select(a.at, b.at, b_wins),
    max(min(a.key, b.key), max(a.second, b.second)),
  );
}
