import { expect, it } from 'vitest';
import { challengeCoordinates, formatHundredths } from '../../src/zian/challenge-csv.js';

it.each([
  [1262.625, '1262.62'],
  [1262.875, '1262.88'],
  [0.125, '0.12'],
  [0.375, '0.38'],
  [-0.125, '-0.12'],
  [1.005, '1.00'],
  [2.5, '2.50'],
  [7, '7.00'],
  [1229.5714111328125, '1229.57'],
])('%d is %s', (value, text) => {
  expect(formatHundredths(value)).toBe(text);
});

it('counts pixels from one', () => {
  expect(challengeCoordinates({ x: 0, y: 1261.625 })).toEqual(['1.00', '1262.62']);
});
