// Sharing of loads in a subgroup of SUBGROUP threads: each fetches something, and the others take it from its registers.

var<private> lane: u32;

// Before any other call, while all of the subgroup are still there.
fn prepare_loads() { lane = subgroupExclusiveAdd(1u); }

// What 4 neighbouring threads have fetched, from the one numbered `first` on.
fn spread(mine: vec4<f32>, first: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    subgroupShuffle(mine, first),
    subgroupShuffle(mine, first + 1u),
    subgroupShuffle(mine, first + 2u),
    subgroupShuffle(mine, first + 3u));
}
