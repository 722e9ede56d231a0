// Known answers from every kind of operation that the engine's kernels are made of. Two workgroups of 64.

const SIZE = 64u;
const FIELDS = 8u;

@group(0) @binding(0) var<storage, read> words: array<u32>;
@group(0) @binding(1) var<storage, read> numbers: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> answers: array<u32>;
@group(0) @binding(3) var<storage, read_write> crossed: array<u32>;

var<workgroup> sums: array<u32, SIZE>;
var<workgroup> dots: array<f32, SIZE>;

fn scramble(word: u32) -> u32 {
  var x = word;
  for (var round = 0; round < 3; round++) {
    x = (x ^ (x >> 15u)) * 2246822519u + 374761393u;
    x = (x << 13u) | (x >> 19u);
  }
  return x;
}

// The number of iterations depends on the data.
fn collatz(start: u32) -> u32 {
  var n = start;
  var steps = 0u;
  while (n > 1u) {
    n = select(n / 2u, 3u * n + 1u, n % 2u == 1u);
    steps++;
  }
  return steps;
}

// By its bits: comparisons may assume that there is no NaN.
fn is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

@compute @workgroup_size(SIZE)
fn answer(
  @builtin(global_invocation_id) global: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let word = words[global.x];
  let v = numbers[global.x];

  sums[local] = word & 0xffu;
  dots[local] = dot(v, numbers[global.x ^ 1u]);
  workgroupBarrier();
  for (var step = 1u; step < SIZE; step *= 2u) {
    var left = 0u;
    if (local >= step) {
      left = sums[local - step];
    }
    workgroupBarrier();
    sums[local] += left;
    workgroupBarrier();
  }
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    if (local < half) {
      dots[local] += dots[local + half];
    }
    workgroupBarrier();
  }

  let base = global.x * FIELDS;
  answers[base] = scramble(word);
  answers[base + 1u] = sums[local];
  answers[base + 2u] = bitcast<u32>(dots[0]);
  answers[base + 3u] = bitcast<u32>(v.x * v.y - v.z + f32(i32(word) >> 24u));
  answers[base + 4u] = bitcast<u32>(v.x / (abs(v.y) + 1.0));
  answers[base + 5u] = bitcast<u32>(exp(v.z * 0.125) + inverseSqrt(abs(v.w) + 1.0));
  answers[base + 6u] = collatz(word & 0xffu);
  // Words that are bit patterns of NaN, infinities and ordinary numbers.
  answers[base + 7u] = select(0u, 1u, is_nan(bitcast<f32>(words[2u * SIZE + (global.x & 7u)])));
}

// Reads what other invocations of the dispatch before it wrote.
@compute @workgroup_size(SIZE)
fn cross_check(@builtin(global_invocation_id) global: vec3<u32>) {
  let other = 2u * SIZE - 1u - global.x;
  crossed[global.x] = answers[other * FIELDS] ^ answers[other * FIELDS + 1u] ^ global.x;
}
