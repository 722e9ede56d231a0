fn write_filters(filters: Filters, to: u32, stride: u32) {
  var columns: array<array<vec4<f32>, SIDE>, 3>;
  for (var column = 0u; column < 3; column++) {
    columns[column] = evaluate(tap(filters, column), tap(filters, column + 3), tap(filters, column + 6));
  }
  for (var row = 0u; row < SIDE; row++) {
    let points = evaluate(columns[0][row], columns[1][row], columns[2][row]);
    for (var column = 0u; column < SIDE; column++) {
      packed[to + (row * SIDE + column) * stride] = points[column];
    }
  }
}
