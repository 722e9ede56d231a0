import type { Point } from '../../../src/zian/coordinates.js';

/** What a visitor does with the picture; points and distances in the element's CSS pixels. */
export interface GestureHandlers {
  readonly onPan: (dx: number, dy: number) => void;
  readonly onZoom: (factor: number, at: Point) => void;
  /** The pointer is over a place, or has left. */
  readonly onHover: (at: Point | undefined) => void;
  readonly onKey: (key: 'in' | 'out' | 'fit' | 'landmark') => void;
}

const WHEEL_SPEED = 0.0016;
const LINE_PIXELS = 16;
const KEY_PAN = 40;

const KEYS: Readonly<Record<string, 'in' | 'out' | 'fit' | 'landmark'>> = {
  '+': 'in',
  '=': 'in',
  '-': 'out',
  '−': 'out',
  '0': 'fit',
  f: 'fit',
  l: 'landmark',
};

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [KEY_PAN, 0],
  ArrowRight: [-KEY_PAN, 0],
  ArrowUp: [0, KEY_PAN],
  ArrowDown: [0, -KEY_PAN],
};

/** Drag, wheel, pinch, double click and keys on an element. */
export function watchGestures(element: HTMLElement, handlers: GestureHandlers): void {
  const pointers = new Map<number, Point>();
  const placeOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, placeOf(event));
  });
  element.addEventListener('pointermove', (event) => {
    const at = placeOf(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      handlers.onHover(at);
      return;
    }
    const [other] = [...pointers].flatMap(([id, point]) => (id === event.pointerId ? [] : [point]));
    pointers.set(event.pointerId, at);
    if (!other) {
      handlers.onPan(at.x - before.x, at.y - before.y);
      return;
    }
    const distance = (point: Point): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    handlers.onPan((at.x - before.x) / 2, (at.y - before.y) / 2);
    handlers.onZoom(distance(at) / distance(before), { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
  });
  for (const ending of ['pointerup', 'pointercancel'] as const)
    element.addEventListener(ending, ({ pointerId }) => pointers.delete(pointerId));
  element.addEventListener('pointerleave', () => handlers.onHover(undefined));

  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1);
      // A touchpad's pinch comes as a wheel with the control key, in small steps.
      handlers.onZoom(Math.exp(-pixels * WHEEL_SPEED * (event.ctrlKey ? 6 : 1)), placeOf(event));
    },
    { passive: false },
  );
  element.addEventListener('dblclick', (event) => handlers.onZoom(event.shiftKey ? 0.5 : 2, placeOf(event)));
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = KEYS[event.key.toLowerCase()];
    const arrow = ARROWS[event.key];
    if (key) handlers.onKey(key);
    else if (arrow) handlers.onPan(...arrow);
    else return;
    event.preventDefault();
  });
}
