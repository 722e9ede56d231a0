// Which pixel of the buffer is (n, row, column) of an image of height × width. Usually they are stored row by row;
// with block = r > 1 each low-resolution pixel holds its r × r high-resolution pixels (Layout.block).
fn stored_pixel(n: u32, row: u32, column: u32, height: u32, width: u32, block: u32) -> u32 {
  if (block == 1u) { return (n * height + row) * width + column; }
  let low = (n * (height / block) + row / block) * (width / block) + column / block;
  return (low * block + row % block) * block + column % block;
}
