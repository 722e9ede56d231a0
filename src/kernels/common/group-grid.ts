/**
 * Workgroup counts for `count` workgroups that are told apart by one flat index, `workgroup_id.y * ROW + workgroup_id.x`
 * with ROW = `rowGroups`: rows of at most 65,535 (WebGPU's default limit). The last row may have some too many.
 */
export function groupGrid(count: number): { workgroups: [number, number, number]; rowGroups: number } {
  const x = Math.min(Math.max(1, count), 65_535);
  return { workgroups: [x, Math.ceil(Math.max(1, count) / x), 1], rowGroups: x };
}
