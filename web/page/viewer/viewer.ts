import type { Point } from '../../../src/zian/coordinates.js';
import { byId } from '../dom.js';
import { watchGestures } from './gestures.js';
import { heatAt } from './heat-canvas.js';
import { type Look, paint, type Scene } from './paint.js';
import {
  centreOn,
  clampView,
  fitView,
  panBy,
  type Size,
  type View,
  viewportToPixel,
  zoomAbout,
} from './view.js';

const STEP = 1.4;
/** How close the landmark is shown: the fine region then fills the viewport about. */
const LANDMARK_SCALE = 6;

/** The picture with its layers, to pan and zoom in. */
export class Viewer {
  readonly #stage = byId('stage', HTMLElement);
  readonly #canvas = byId('canvas', HTMLCanvasElement);
  readonly #readout = byId('readout', HTMLOutputElement);
  readonly #level = byId('zoom-level', HTMLOutputElement);
  readonly #empty = byId('stage-empty', HTMLElement);
  #scene: Scene | undefined;
  #look: Look;
  #view: View = { scale: 1, x: 0, y: 0 };
  /** Whether the whole picture is shown, and stays so when the viewport changes. */
  #fitted = true;
  #frame = 0;

  constructor(look: Look) {
    this.#look = look;
    watchGestures(this.#stage, {
      onPan: (dx, dy) => this.#set(panBy(this.#view, dx, dy)),
      onZoom: (factor, at) => this.#set(zoomAbout(this.#view, factor, at)),
      onHover: (at) => this.#hover(at),
      onKey: (key) => this.#do(key),
    });
    for (const key of ['in', 'out', 'fit', 'landmark'] as const)
      byId(`zoom-${key}`, HTMLButtonElement).addEventListener('click', () => this.#do(key));
    new ResizeObserver(() => this.#resize()).observe(this.#stage);
  }

  /** Shows a picture; the view stays where the picture is of the same size as the last. */
  show(scene: Scene | undefined, label: string): void {
    const before = this.#scene?.bitmap;
    this.#scene = scene;
    this.#empty.hidden = scene !== undefined;
    this.#canvas.setAttribute('aria-label', label);
    const same = before?.width === scene?.bitmap.width && before?.height === scene?.bitmap.height;
    if (!same) this.#fitted = true;
    this.#set(this.#view, this.#fitted);
  }

  look(look: Look): void {
    this.#look = look;
    this.#request();
  }

  get #viewport(): Size {
    return { width: this.#stage.clientWidth, height: this.#stage.clientHeight };
  }

  #do(key: 'in' | 'out' | 'fit' | 'landmark'): void {
    const { width, height } = this.#viewport;
    const middle = { x: width / 2, y: height / 2 };
    if (key === 'fit') this.#set(this.#view, true);
    else if (key === 'landmark') this.#toLandmark();
    else this.#set(zoomAbout(this.#view, key === 'in' ? STEP : 1 / STEP, middle));
  }

  #toLandmark(): void {
    const landmark = this.#scene?.findings[0]?.result.landmark;
    if (!landmark) return;
    const scale = Math.max(this.#view.scale, LANDMARK_SCALE);
    this.#set(centreOn({ x: landmark.x + 0.5, y: landmark.y + 0.5 }, scale, this.#viewport));
  }

  #set(view: View, fit = false): void {
    const image = this.#scene?.bitmap;
    if (!image) {
      this.#request();
      return;
    }
    const whole = fitView(image, this.#viewport);
    this.#view = fit ? whole : clampView(view, image, this.#viewport);
    this.#fitted = this.#view.scale <= whole.scale;
    this.#level.value = `${(this.#view.scale * 100).toFixed(this.#view.scale < 0.1 ? 1 : 0)} %`;
    this.#request();
  }

  #resize(): void {
    this.#set(this.#view, this.#fitted);
  }

  #request(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const viewport = this.#viewport;
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(viewport.width * ratio), Math.round(viewport.height * ratio)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.#scene) paint(context, viewport, this.#scene, this.#view, this.#look);
    else context.clearRect(0, 0, viewport.width, viewport.height);
  }

  #hover(at: Point | undefined): void {
    const scene = this.#scene;
    const place = at && scene && viewportToPixel(this.#view, at);
    const [x, y] = place ? [Math.round(place.x), Math.round(place.y)] : [-1, -1];
    const inside =
      scene !== undefined && x >= 0 && y >= 0 && x < scene.bitmap.width && y < scene.bitmap.height;
    this.#readout.hidden = !inside;
    if (!inside) return;
    const heat = (which: 'coarse' | 'fine'): string => {
      const values = scene.findings.flatMap(({ maps }) => {
        const map = maps?.[which];
        const value = map && heatAt(map, x, y);
        return value === undefined ? [] : [value];
      });
      return values.length > 0 ? `  ${which} ${Math.max(...values).toFixed(3)}` : '';
    };
    this.#readout.value = `x ${x}  y ${y}${heat('coarse')}${heat('fine')}`;
  }
}
