// The map: items on a canvas, and what a pointer does with them. What stands over them is the overlay's.

import { effect } from "@preact/signals";
import { bytesOf, codesOf, floatsOf } from "../state/facts";
import type { Store } from "../state/store";
import { type Bounds, boundsOf, Camera } from "./camera";
import { createGL } from "./gl";
import { Grid } from "./grid";
import { opacityOf, paint, pointSize } from "./paint";
import { createPlain } from "./plain";
import type { Renderer } from "./renderer";

const MOVE_MS = 700;
const MOST_TO_MOVE = 200_000;
const REACH = 9;

export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class MapView {
  readonly camera = new Camera();
  room = { width: 0, height: 0 };
  n = 0;
  renderer: Renderer | null = null;
  private xy = new Float32Array();
  private from: Float32Array | null = null;
  private bounds: Bounds = boundsOf(new Float32Array());
  private began = 0;
  private way = 1;
  private grid: Grid | null = null;
  private frame = 0;
  private painted = false;
  // Whether the items are to be drawn again, and not only what stands over them.
  private stale = true;
  private readonly undo: (() => void)[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(
    readonly stage: HTMLElement,
    private readonly store: Store,
    private readonly onPlain: (why: "none" | "lost") => void,
  ) {
    this.use(createGL(() => this.lose()) ?? this.plain("none"));
    const { facts } = store;
    this.undo.push(
      effect(() => this.move(floatsOf(facts.xy.value), bytesOf(facts.marks.value))),
      effect(() => {
        // Read all, so that a change of any is heard of.
        const [codes, colors, muted, lit, dimmed] = [
          facts.codes.value,
          facts.colors.value,
          facts.muted.value,
          facts.lit.value,
          facts.dimmed.value,
        ];
        void facts.xy.value;
        if (!this.n) return;
        const opacity = opacityOf(this.n);
        this.renderer?.paint(
          paint({ codes: codesOf(codes, this.n), colors, muted, lit: bytesOf(lit), dimmed, opacity }),
        );
        this.painted = true;
        this.invalidate();
      }),
    );
    const resized = new ResizeObserver(() => this.resize());
    resized.observe(stage);
    this.undo.push(() => resized.disconnect());
    // A handle for tests and for measurements: where an item is, in pixels of the stage.
    Object.assign(stage, { map: this });
    this.resize();
  }

  // Called after every picture, and with it.
  onDraw(call: () => void): () => void {
    this.watchers.add(call);
    return () => this.watchers.delete(call);
  }

  private use(renderer: Renderer): void {
    this.renderer?.close();
    this.renderer = renderer;
    this.stage.prepend(renderer.canvas);
  }

  private plain(why: "none" | "lost"): Renderer {
    this.onPlain(why);
    return createPlain();
  }

  private lose(): void {
    this.use(this.plain("lost"));
    this.renderer?.move(this.xy, null, bytesOf(this.store.facts.marks.value));
    const { codes, colors, muted, lit, dimmed } = this.store.facts;
    if (this.n)
      this.renderer?.paint(
        paint({
          codes: codesOf(codes.value, this.n),
          colors: colors.value,
          muted: muted.value,
          lit: bytesOf(lit.value),
          dimmed: dimmed.value,
          opacity: opacityOf(this.n),
        }),
      );
    this.invalidate();
  }

  private move(xy: Float32Array, marks: Uint8Array): void {
    const again = this.n > 0 && this.n === xy.length / 2;
    const moves = again && !isStill() && this.n <= MOST_TO_MOVE;
    const start = moves ? this.now() : null;
    this.xy = xy as Float32Array<ArrayBuffer>;
    this.n = xy.length / 2;
    this.bounds = boundsOf(xy);
    this.grid = null;
    this.from = start;
    this.way = start ? 0 : 1;
    this.began = performance.now();
    this.renderer?.move(this.xy, start, marks);
    if (!again && this.room.width) this.camera.reset(this.bounds, this.room);
    this.invalidate();
  }

  // Where all items are now, between two drawings.
  private now(): Float32Array {
    if (!this.from || this.way >= 1) return this.xy;
    const now = new Float32Array(this.xy.length);
    for (let k = 0; k < now.length; k += 1) now[k] = this.from[k]! + (this.xy[k]! - this.from[k]!) * this.way;
    return now;
  }

  private resize(): void {
    const room = { width: this.stage.clientWidth, height: this.stage.clientHeight };
    if (!room.width || !room.height) return;
    if (room.width === this.room.width && room.height === this.room.height) return;
    if (!this.room.width) this.camera.reset(this.bounds, room);
    else this.camera.resize(this.room, room, this.bounds);
    this.room = room;
    this.stale = true;
    this.draw();
  }

  invalidate(): void {
    this.stale = true;
    this.place();
  }

  // Places what stands over the items again: these stay as they are drawn, which takes long where they are many.
  place(): void {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.room.width || !this.renderer) return;
    if (this.from) {
      const gone = (performance.now() - this.began) / MOVE_MS;
      this.way = gone >= 1 ? 1 : 1 - (1 - gone) ** 3;
      this.stale = true;
      if (gone >= 1) this.from = null;
      else this.place();
    }
    if (this.stale) {
      this.stale = false;
      const { scale, x, y } = this.camera;
      this.renderer.draw({ ...this.room, ratio: devicePixelRatio || 1, scale, x, y, way: this.way, size: this.size });
    }
    for (const call of this.watchers) call();
    if (this.n && this.painted) this.stage.dataset.drawn = "true";
  }

  get size(): number {
    // Never so large that a name beside an item is more than 8 pixels from its middle.
    return Math.min(pointSize(this.n) * Math.min(Math.max(this.camera.zoom, 1) ** 0.3, 2.4), 11);
  }

  // In pixels of the stage; undefined where there is no such item.
  spot(item: number): [number, number] | undefined {
    if (item < 0 || item >= this.n) return undefined;
    const [x, y] = [this.xy[2 * item]!, this.xy[2 * item + 1]!];
    if (!this.from) return this.camera.spot(x, y);
    const [fx, fy] = [this.from[2 * item]!, this.from[2 * item + 1]!];
    return this.camera.spot(fx + (x - fx) * this.way, fy + (y - fy) * this.way);
  }

  spots(items: readonly number[]): Float32Array {
    const spots = new Float32Array(2 * items.length);
    items.forEach((item, i) => {
      const spot = this.spot(item);
      if (spot) spots.set(spot, 2 * i);
    });
    return spots;
  }

  // Whether items are on their way from one drawing to another.
  get moves(): boolean {
    return this.from !== null;
  }

  colorOf(item: number): string {
    const { codes, colors } = this.store.facts;
    return colors.value[codesOf(codes.value, this.n)[item] ?? 0] ?? "";
  }

  isLit(item: number): boolean {
    const { codes, lit, muted } = this.store.facts;
    const bits = bytesOf(lit.value);
    if (bits.length && !(bits[item >> 3]! & (1 << (item & 7)))) return false;
    return !muted.value.includes(String(codesOf(codes.value, this.n)[item]));
  }

  get index(): Grid {
    this.grid ??= new Grid(this.xy);
    return this.grid;
  }

  get places(): Float32Array {
    return this.xy;
  }

  itemAt(px: number, py: number): number {
    const [x, y] = this.camera.place(px, py);
    const reach = Math.max(REACH, this.size) / this.camera.scale;
    if (this.from) return nearestOf(this.now(), x, y, reach);
    return this.n ? this.index.nearest(x, y, reach) : -1;
  }

  // Items in view, unless they are more than so many.
  inView(most: number): number[] | null {
    const [left, high] = this.camera.place(0, 0);
    const [right, low] = this.camera.place(this.room.width, this.room.height);
    const found: number[] = [];
    this.index.visit(left, low, right, high, (item) => {
      const x = this.xy[2 * item]!;
      const y = this.xy[2 * item + 1]!;
      if (found.length <= most && x >= left && x <= right && y >= low && y <= high) found.push(item);
    });
    return found.length > most ? null : found;
  }

  zoom(factor: number, px = this.room.width / 2, py = this.room.height / 2): void {
    this.camera.zoomAt(px, py, factor);
    this.invalidate();
  }

  pan(dx: number, dy: number): void {
    this.camera.pan(dx, dy);
    this.invalidate();
  }

  reset(): void {
    this.camera.reset(this.bounds, this.room);
    this.invalidate();
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    for (const undo of this.undo.splice(0)) undo();
    this.renderer?.close();
  }
}

// Of items that move no index is kept.
function nearestOf(places: Float32Array, x: number, y: number, reach: number): number {
  let [best, least] = [-1, reach * reach];
  for (let k = 0; k < places.length; k += 2) {
    const far = (places[k]! - x) ** 2 + (places[k + 1]! - y) ** 2;
    if (far < least) [best, least] = [k / 2, far];
  }
  return best;
}
