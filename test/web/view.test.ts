import { describe, expect, it } from 'vitest';
import {
  centreOn,
  clampView,
  fitView,
  pixelToViewport,
  viewportToPixel,
  zoomAbout,
} from '../../web/page/viewer/view.js';

const image = { width: 400, height: 200 };
const viewport = { width: 216, height: 316 };

describe('the view of a picture', () => {
  it('shows all of it in the middle, with a border', () => {
    expect(fitView(image, viewport)).toEqual({ scale: 0.5, x: 8, y: 108 });
  });

  it('keeps what lies under the pointer where it is', () => {
    const view = fitView(image, viewport);
    const at = { x: 50, y: 140 };
    const before = viewportToPixel(view, at);
    const after = viewportToPixel(zoomAbout(view, 3, at), at);
    expect(after.x).toBeCloseTo(before.x, 10);
    expect(after.y).toBeCloseTo(before.y, 10);
  });

  it('has the centre of the first pixel at (0, 0)', () => {
    const view = { scale: 10, x: 20, y: 30 };
    expect(pixelToViewport(view, { x: 0, y: 0 })).toEqual({ x: 25, y: 35 });
    expect(viewportToPixel(view, { x: 25, y: 35 })).toEqual({ x: 0, y: 0 });
  });

  it('goes no further out than the whole, and does not lose the picture', () => {
    expect(clampView({ scale: 0.1, x: 0, y: 0 }, image, viewport)).toEqual(fitView(image, viewport));
    const far = clampView({ scale: 2, x: 5000, y: -5000 }, image, viewport);
    expect(far).toEqual({ scale: 2, x: 108, y: 158 - 400 });
  });

  it('puts a point in the middle', () => {
    const view = centreOn({ x: 100, y: 50 }, 6, viewport);
    expect(view).toEqual({ scale: 6, x: 108 - 600, y: 158 - 300 });
  });
});
