import { describe, expect, it } from 'vitest';
import { type Lifetime, planMemory } from '../../src/graph/memory-plan.js';
import { random } from '../support/random.js';

function draw(seed: number): Lifetime[] {
  const next = random(seed);
  const steps = 1 + Math.floor(60 * next());
  return Array.from({ length: Math.floor(120 * next()) }, () => {
    const first = Math.floor(steps * next());
    const last = Math.min(steps, first + Math.floor(next() ** 3 * steps));
    return { bytes: 16 * (1 + Math.floor(next() ** 2 * 1000)), first, last };
  });
}

const overlap = (a: Lifetime, b: Lifetime): boolean => a.first <= b.last && b.first <= a.last;
const total = (bytes: readonly number[]): number => bytes.reduce((sum, b) => sum + b, 0);

describe('planMemory', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('drawn lifetimes (seed %i)', (seed) => {
    const lifetimes = draw(seed);
    const { slots, assignment } = planMemory(lifetimes);
    expect(assignment).toHaveLength(lifetimes.length);
    expect(new Set(assignment).size).toBe(slots.length);
    lifetimes.forEach((lifetime, i) => {
      expect(slots[assignment[i] ?? -1]).toBeGreaterThanOrEqual(lifetime.bytes);
      lifetimes.slice(i + 1).forEach((other, j) => {
        if (overlap(lifetime, other)) expect(assignment[i]).not.toBe(assignment[i + 1 + j]);
      });
    });
    // No less than what is alive at the worst step, no more than without sharing.
    const alive = Array.from({ length: 62 }, (_, step) =>
      total(lifetimes.filter(({ first, last }) => first <= step && step <= last).map(({ bytes }) => bytes)),
    );
    expect(total(slots)).toBeGreaterThanOrEqual(Math.max(...alive));
    expect(total(slots)).toBeLessThanOrEqual(total(lifetimes.map(({ bytes }) => bytes)));
    expect(planMemory(lifetimes)).toEqual({ slots, assignment });
  });

  it('needs two slots for a chain, however long', () => {
    const chain = Array.from({ length: 100 }, (_, i) => ({ bytes: 64, first: i, last: i + 1 }));
    expect(planMemory(chain).slots).toEqual([64, 64]);
  });

  it('does not share a slot between what one step reads and what it writes', () => {
    const { assignment } = planMemory([
      { bytes: 16, first: 0, last: 3 },
      { bytes: 16, first: 3, last: 5 },
    ]);
    expect(assignment[0]).not.toBe(assignment[1]);
  });

  it('takes the smallest free slot that is large enough, else lets the largest grow', () => {
    const lifetimes = [
      { bytes: 100, first: 0, last: 0 },
      { bytes: 10, first: 0, last: 0 },
      { bytes: 8, first: 1, last: 1 },
      { bytes: 200, first: 1, last: 1 },
    ];
    const { slots, assignment } = planMemory(lifetimes);
    expect(slots).toEqual([200, 10]);
    expect(assignment).toEqual([0, 1, 1, 0]);
  });

  it('of nothing is nothing', () => {
    expect(planMemory([])).toEqual({ slots: [], assignment: [] });
  });
});
