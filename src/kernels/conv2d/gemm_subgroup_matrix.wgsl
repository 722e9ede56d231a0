// The product of gemm_thread.wgsl by the matrix units of subgroups: the same tiles, weights and steps. Four subgroups, two by two,
// share a workgroup's PIXELS × CHANNELS outputs; each makes ROWS × COLUMNS matrices of M × N. Builds on gemm_common.wgsl.
// Types: proposals/subgroup-matrix.md of gpuweb; the built-in functions are those of Dawn.
@group(0) @binding(1) var<storage, read> weight: array<vec4<WEIGHT_T>>;

const THREADS = 4u * SUBGROUP;
const CHANNELS4 = CHANNELS / 4u;
const ROWS = PIXELS / (2u * M);
const COLUMNS = CHANNELS / (2u * N);

alias Left = subgroup_matrix_left<COMPONENT, K, M>;
alias Right = subgroup_matrix_right<COMPONENT, N, K>;
alias Sum = subgroup_matrix_result<f32, N, M>;

var<workgroup> xs: array<COMPONENT, PIXELS * 4u * CHUNK>;     // [pixel][input channel]
var<workgroup> ws: array<COMPONENT, 4u * CHUNK * CHANNELS>;   // [input channel][output channel]
var<workgroup> sums: array<f32, 4u * M * N>;                  // [subgroup][pixel][output channel]

fn load_pixels(local: u32, n: u32, first_pixel: u32, tap: u32, first_c4: u32) {
  for (var i = local; i < CHUNK * PIXELS; i += THREADS) {
    let value = tap_of_pixel(n, first_pixel + i / CHUNK, tap, first_c4 + i % CHUNK);
    for (var lane = 0u; lane < 4u; lane++) { xs[4u * i + lane] = COMPONENT(value[lane]); }
  }
}

// Beyond the input channels lie the next tap's weights, or the last one of all: times pixels of zero.
fn load_weights(local: u32, first: u32) {
  let last = arrayLength(&weight) - 1u;
  for (var i = local; i < CHUNK * CHANNELS; i += THREADS) {
    let value = weight[min(first + i, last)];
    // Packed as [input vec4][output vec4][input lane].
    let channel = i / CHANNELS * 4u + i % 4u;
    let to = channel * CHANNELS + i % CHANNELS / 4u * 4u;
    for (var lane = 0u; lane < 4u; lane++) { ws[to + lane] = COMPONENT(value[lane]); }
  }
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(subgroup_invocation_id) thread: u32,
) {
  let part = part_of(group, PIXELS);
  // A subgroup's pixels and channels within the workgroup's.
  let own_pixel = subgroup % 2u * ROWS * M;
  let own_channel = subgroup / 2u * COLUMNS * N;

  var accumulators: array<array<Sum, COLUMNS>, ROWS>;
  for (var step = part.begin; step < part.end; step++) {
    let tap = step / chunks();
    let first_c4 = step % chunks() * CHUNK;
    load_pixels(local, part.n, part.first_pixel, tap, first_c4);
    load_weights(local, weight_row(part, tap, first_c4) * CHANNELS);
    workgroupBarrier();
    for (var k = 0u; k < 4u * CHUNK; k += K) {
      for (var row = 0u; row < ROWS; row++) {
        let left = subgroupMatrixLoad<Left, row_major>(&xs, (own_pixel + row * M) * 4u * CHUNK + k, 4u * CHUNK);
        for (var column = 0u; column < COLUMNS; column++) {
          let right =
            subgroupMatrixLoad<Right, row_major>(&ws, k * CHANNELS + own_channel + column * N, CHANNELS);
          accumulators[row][column] =
            subgroupMatrixMultiplyAccumulate(left, right, accumulators[row][column]);
        }
      }
    }
    workgroupBarrier();
  }
  let own_sums = subgroup * M * N;
  for (var row = 0u; row < ROWS; row++) {
    for (var column = 0u; column < COLUMNS; column++) {
      subgroupMatrixStore<row_major>(&sums, own_sums, accumulators[row][column], N);
      workgroupBarrier();
      for (var i = thread; i < M * N / 4u; i += SUBGROUP) {
        let pixel = part.first_pixel + own_pixel + row * M + i / (N / 4u);
        let c4 = part.block * CHANNELS4 + (own_channel + column * N) / 4u + i % (N / 4u);
        if ((pixel < p.y_h * p.y_w) & (c4 < p.y_c4)) {
          let at = own_sums + 4u * i;
          finish(vec4<f32>(sums[at], sums[at + 1u], sums[at + 2u], sums[at + 3u]), part.split, part.n, pixel, c4, part.branch);
        }
      }
      workgroupBarrier();
    }
  }
}
