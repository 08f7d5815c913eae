// Where a place of the map is on the screen: a scale and a shift, fitted to the box.

export interface Room {
  width: number;
  height: number;
}

export interface Bounds {
  left: number;
  right: number;
  low: number;
  high: number;
}

export const PADDING = { side: 54, end: 34 };
const MOST = 400;

export function boundsOf(xy: Float32Array): Bounds {
  const bounds = { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };
  for (let i = 0; i < xy.length; i += 2) {
    const x = xy[i]!;
    const y = xy[i + 1]!;
    if (x < bounds.left) bounds.left = x;
    if (x > bounds.right) bounds.right = x;
    if (y < bounds.low) bounds.low = y;
    if (y > bounds.high) bounds.high = y;
  }
  return xy.length ? bounds : { left: -1, right: 1, low: -1, high: 1 };
}

export class Camera {
  scale = 1;
  x = 0;
  y = 0;
  fitted = 1;

  // Everything in the box, whatever its form; both axes alike, so that distances keep their ratio.
  fit(bounds: Bounds, { width, height }: Room): void {
    const wide = Math.max(bounds.right - bounds.left, 1e-6);
    const tall = Math.max(bounds.high - bounds.low, 1e-6);
    const side = Math.min(PADDING.side, width / 6);
    const end = Math.min(PADDING.end, height / 6);
    this.scale = this.fitted = Math.min((width - 2 * side) / wide, (height - 2 * end) / tall);
    this.x = width / 2 - ((bounds.left + bounds.right) / 2) * this.scale;
    this.y = height / 2 + ((bounds.low + bounds.high) / 2) * this.scale;
  }

  // What was in the middle stays there when the box changes its size.
  resize(before: Room, now: Room, bounds: Bounds): void {
    const zoom = this.zoom;
    const middle = this.place(before.width / 2, before.height / 2);
    const moved = { zoom, fitX: this.isFitted };
    this.fit(bounds, now);
    if (moved.fitX) return;
    this.scale = this.fitted * zoom;
    this.x = now.width / 2 - middle[0] * this.scale;
    this.y = now.height / 2 + middle[1] * this.scale;
  }

  private moved = false;

  get isFitted(): boolean {
    return !this.moved;
  }

  get zoom(): number {
    return this.scale / this.fitted;
  }

  spot(x: number, y: number): [number, number] {
    return [this.x + x * this.scale, this.y - y * this.scale];
  }

  place(px: number, py: number): [number, number] {
    return [(px - this.x) / this.scale, (this.y - py) / this.scale];
  }

  pan(dx: number, dy: number): void {
    this.moved = true;
    this.x += dx;
    this.y += dy;
  }

  zoomAt(px: number, py: number, factor: number): void {
    this.moved = true;
    const wanted = Math.min(Math.max(this.zoom * factor, 0.4), MOST);
    const by = wanted / this.zoom;
    this.x = px - (px - this.x) * by;
    this.y = py - (py - this.y) * by;
    this.scale *= by;
  }

  reset(bounds: Bounds, room: Room): void {
    this.moved = false;
    this.fit(bounds, room);
  }
}
