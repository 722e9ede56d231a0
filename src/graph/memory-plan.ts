/** A buffer needed from step `first` to step `last`, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  /** Bytes of each slot. */
  readonly slots: readonly number[];
  /** Slot of each lifetime, in their order. */
  readonly assignment: readonly number[];
}

/**
 * Shares slots among buffers that are not alive at the same time: each takes the smallest free slot that holds it,
 * or else the largest free one, which grows. A slot is a GPU buffer of its own, because WebGPU tracks a buffer as
 * a whole and refuses one that is read and written in the same dispatch.
 */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const slots: { bytes: number; free: number }[] = [];
  const assignment: number[] = new Array(lifetimes.length).fill(-1);
  const inOrder = lifetimes
    .map((lifetime, index) => ({ ...lifetime, index }))
    .sort((a, b) => a.first - b.first || b.bytes - a.bytes);
  for (const { bytes, first, last, index } of inOrder) {
    const free = slots.filter((slot) => slot.free < first).sort((a, b) => a.bytes - b.bytes);
    let slot = free.find((candidate) => candidate.bytes >= bytes) ?? free.at(-1);
    if (!slot) {
      slot = { bytes: 0, free: -1 };
      slots.push(slot);
    }
    slot.bytes = Math.max(slot.bytes, bytes);
    slot.free = last;
    assignment[index] = slots.indexOf(slot);
  }
  return { slots: slots.map(({ bytes }) => bytes), assignment };
}
