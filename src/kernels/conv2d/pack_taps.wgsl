fn write_filters(filters: Filters, to: u32, stride: u32) {
  for (var i = 0u; i < p.taps; i++) {
    packed[to + i * stride] = tap(filters, i);
  }
}
