import { storageBytes } from '../kernels/layout.js';
import { BufferUsage } from './flags.js';
import { type Graph, readsOf, type Value, writesOf } from './graph.js';
import { type Lifetime, planMemory } from './memory-plan.js';
import type { OwnedBuffers } from './owned-buffers.js';
import type { Placement } from './placement.js';
import type { Step, StepBuffers } from './steps.js';

/** Buffers of everything that a run computes. */
export interface Activations {
  /** By the value whose storage it is (see `Place`). */
  readonly storages: ReadonlyMap<Value, GPUBuffer>;
  readonly scratch: StepBuffers;
  /** Sizes in bytes. */
  readonly activations: number;
  readonly inputsAndOutputs: number;
}

const USAGE = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;

const totalSize = (buffers: Iterable<GPUBuffer>): number =>
  [...buffers].reduce((sum, { size }) => sum + size, 0);

/** From the first to the last step that touches each storage; constants have buffers of their own. */
function lifetimesOf(graph: Graph, steps: readonly Step[], placement: Placement): Map<Value, Lifetime> {
  const lifetimes = new Map<Value, Lifetime>();
  steps.forEach(({ node }, step) => {
    for (const value of [...readsOf(node), ...writesOf(node)]) {
      if (graph.constants.has(value)) continue;
      const { storage } = placement.of(value);
      const first = lifetimes.get(storage)?.first ?? step;
      lifetimes.set(storage, { bytes: storageBytes(storage.spec), first, last: step });
    }
  });
  return lifetimes;
}

/** Which buffers there are to be: those of inputs and outputs, and slots for the rest. */
function planActivations(graph: Graph, steps: readonly Step[], placement: Placement) {
  const ends = [...graph.inputs.values(), ...graph.outputs.values()];
  const ports = new Set(ends.map((value) => placement.of(value).storage));
  const shared = [...lifetimesOf(graph, steps, placement)].filter(([storage]) => !ports.has(storage));
  const scratch = steps.flatMap((step, i) =>
    Object.entries(step.plan.scratch ?? {}).map(([name, bytes]) => ({
      step,
      name,
      bytes,
      first: i,
      last: i,
    })),
  );
  const plan = planMemory([...shared.map(([, lifetime]) => lifetime), ...scratch]);
  return { ports, shared, scratch, plan };
}

/** Bytes of all that `allocateActivations` makes. */
export function activationBytes(graph: Graph, steps: readonly Step[], placement: Placement): number {
  const { ports, plan } = planActivations(graph, steps, placement);
  const kept = [...ports].reduce((sum, { spec }) => sum + storageBytes(spec), 0);
  return plan.slots.reduce((sum, bytes) => sum + bytes, kept);
}

/**
 * Makes a buffer for each input and output, which keep theirs, and slots for all that lives only while the graph runs:
 * other storages, and the steps' scratch buffers.
 */
export function allocateActivations(
  graph: Graph,
  steps: readonly Step[],
  placement: Placement,
  owned: OwnedBuffers,
): Activations {
  const { ports, shared, scratch, plan } = planActivations(graph, steps, placement);
  const kept = new Map<Value, GPUBuffer>();
  for (const storage of ports)
    kept.set(storage, owned.create(storage.label, Math.max(16, storageBytes(storage.spec)), USAGE));
  const slots = plan.slots.map((bytes, i) =>
    owned.create(`slot ${i}`, Math.max(16, Math.ceil(bytes / 16) * 16), USAGE | BufferUsage.INDIRECT),
  );
  const slotOf = (index: number): GPUBuffer => {
    const slot = slots[plan.assignment[index] ?? -1];
    if (!slot) throw new Error('the memory plan left a buffer without a slot');
    return slot;
  };

  const scratchByStep = new Map<Step, Record<string, GPUBuffer>>();
  scratch.forEach(({ step, name }, i) => {
    scratchByStep.set(step, { ...scratchByStep.get(step), [name]: slotOf(shared.length + i) });
  });
  return {
    storages: new Map([...kept, ...shared.map(([storage], i) => [storage, slotOf(i)] as const)]),
    scratch: scratchByStep,
    activations: totalSize(slots),
    inputsAndOutputs: totalSize(kept.values()),
  };
}
