import { describe, expect, it } from 'vitest';
import { runCallers } from '../../soak/callers.js';
import { runCycles } from '../../soak/cycles.js';
import { runMany } from '../../soak/many.js';
import { tinySubject } from '../../soak/subject.js';

// Short versions: how memory grows is for `npm run soak`, which may ask for garbage to be collected.
const adapter = process.env.ZIAN_TEST_ADAPTER || 'software';

describe('many runs', () => {
  it('give the same bits, and make no GPU object', async () => {
    const { different, objectsFlat, before } = await runMany(await tinySubject(), adapter, 20);
    expect({ different, objectsFlat }).toEqual({ different: 0, objectsFlat: true });
    expect(before.counts.buffers).toBeGreaterThan(50);
  });

  it('at the same time give the bits that they give one by one', async () => {
    expect(await runCallers(await tinySubject(), adapter, 32)).toEqual({ callers: 32, equal: 32 });
  });
});

describe('a model that is loaded and destroyed', () => {
  it('leaves no GPU object and no thread', async () => {
    expect(await runCycles(await tinySubject(), adapter, 2)).toMatchObject({ left: 0 });
  });
});
