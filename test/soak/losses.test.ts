import { describe, expect, it } from 'vitest';
import { LOSS_POINTS, loseDevices } from '../../soak/losses.js';
import { tinySubject } from '../../soak/subject.js';

const adapter = process.env.ZIAN_TEST_ADAPTER || 'software';

describe('a device that is lost', () => {
  it.each(LOSS_POINTS)('at %s is replaced, and the answer is the same bits', async (point) => {
    const report = await loseDevices(await tinySubject(), adapter, point, 2);
    expect(report).toEqual({ point, losses: 2, survived: 2, failures: [] });
  });
});
