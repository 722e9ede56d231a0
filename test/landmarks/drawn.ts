import { mulberry32 } from '../../src/landmarks/random.js';

/** The tables of a seed as test/landmarks/make_fixtures.py draws them: CSV texts of truth and predictions. */
export function drawTables(seed: number): { readonly truth: string; readonly predicted: string } {
  const next = mulberry32(seed);
  const images = 1 + (next() % 14);
  const sides = 1 + (seed % 2);
  const header = sides === 1 ? 'ImageName,Fovea_X,Fovea_Y' : 'ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT';
  const truth = [header];
  const predicted = [header];
  for (let image = 0; image < images; image++) {
    const name = `${image}.jpg`;
    const places: string[] = [];
    const guesses: number[] = [];
    for (let side = 0; side < sides; side++) {
      const [x, y] = [(next() % 4000) / 2, (next() % 4000) / 2];
      const [dx, dy] = [((next() % 61) - 30) / 2, ((next() % 61) - 30) / 2];
      const known = next() % 16 !== 0;
      // Shifted off the values that mean undetermined.
      places.push(known ? `${x + 100},${y + 100}` : '-1,-1');
      guesses.push(x + dx + 100, y + dy + 100);
    }
    truth.push([name, ...places].join(','));
    predicted.push([name, ...guesses].join(','));
  }
  return { truth: `${truth.join('\n')}\n`, predicted: `${predicted.join('\n')}\n` };
}
