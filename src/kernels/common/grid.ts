/** Threads per workgroup of kernels that give each thread one independent output. */
export const LINEAR_WORKGROUP = 64;

/**
 * Workgroup counts for `threads` independent threads of a one-dimensional kernel: rows of at most 65,535 workgroups
 * (WebGPU's default limit). The shader's flat index is `id.y * ROW + id.x`, with ROW = `rowThreads`.
 */
export function linearGrid(threads: number): { workgroups: [number, number, number]; rowThreads: number } {
  const groups = Math.max(1, Math.ceil(threads / LINEAR_WORKGROUP));
  const x = Math.min(groups, 65_535);
  return { workgroups: [x, Math.ceil(groups / x), 1], rowThreads: x * LINEAR_WORKGROUP };
}

/**
 * Threads per workgroup where all of a workgroup work on one thing and its last threads may work in vain: few where there
 * are few in all. Two sizes only, since each makes pipelines of its own.
 */
export const workgroupFor = (threads: number): number => (threads > 32 ? LINEAR_WORKGROUP : 16);
