// What a pointer or a key does on the map.

import type { Store, Tool } from "../state/store";
import { inside, packed } from "./polygon";
import type { MapView } from "./view";

const MOVED_PX = 4;
const DWELL_MS = 140;
// After so short a rest the card is asked for: it is there when it is to be shown.
const APPROACH_MS = 40;
const CORNER_PX = 3;

export interface Wanted {
  pick(data: ArrayBuffer, isPacked: boolean): void;
  approach(item: number): void;
  hover(item: number | null): void;
  hint(): void;
  menu(item: number | null, event: MouseEvent): void;
}

export class Gestures {
  private start: [number, number] | null = null;
  private last: [number, number] = [0, 0];
  private moved = false;
  private line: [number, number][] = [];
  private mode: Tool = "pan";
  private dwell: ReturnType<typeof setTimeout> | undefined;
  private nearing: ReturnType<typeof setTimeout> | undefined;
  private here: [number, number] | null = null;
  private moving = false;
  private readonly quiet: () => void;
  private over = -1;
  private active = false;
  private readonly stop = new AbortController();

  constructor(
    private readonly stage: HTMLElement,
    private readonly trace: SVGPathElement,
    private readonly map: MapView,
    private readonly store: Store,
    private readonly wanted: Wanted,
  ) {
    const { signal } = this.stop;
    stage.addEventListener("pointerdown", (e) => this.down(e), { signal });
    stage.addEventListener("pointermove", (e) => this.move(e), { signal });
    stage.addEventListener("pointerup", (e) => this.up(e), { signal });
    stage.addEventListener("pointercancel", () => this.drop(), { signal });
    stage.addEventListener("pointerleave", () => this.leave(), { signal });
    stage.addEventListener("wheel", (e) => this.wheel(e), { signal, passive: false });
    stage.addEventListener(
      "contextmenu",
      (e) => {
        const item = this.map.itemAt(...this.at(e));
        this.rest();
        this.wanted.menu(item < 0 ? null : item, e);
      },
      { signal },
    );
    // What lies under a resting pointer is another item once items have moved.
    this.quiet = map.onDraw(() => {
      if (this.moving && !map.moves && this.here && !this.start) this.point(...this.here);
      this.moving = map.moves;
    });
    // The wheel zooms from a click in the map on, until one elsewhere.
    document.addEventListener(
      "pointerdown",
      (e) => {
        this.active = stage.contains(e.target as Node);
      },
      { signal, capture: true },
    );
  }

  private at(e: MouseEvent): [number, number] {
    const box = this.stage.getBoundingClientRect();
    return [e.clientX - box.x, e.clientY - box.y];
  }

  private down(e: PointerEvent): void {
    if (e.button !== 0) return;
    this.rest();
    this.start = this.last = this.at(e);
    this.moved = false;
    this.mode = e.altKey ? "lasso" : this.store.tool.value;
    this.line = [this.map.camera.place(...this.start)];
    this.stage.setPointerCapture(e.pointerId);
  }

  private move(e: PointerEvent): void {
    const [x, y] = this.at(e);
    this.here = [x, y];
    if (!this.start) {
      this.point(x, y);
      return;
    }
    if (Math.hypot(x - this.start[0], y - this.start[1]) > MOVED_PX) this.moved = true;
    if (!this.moved) return;
    if (this.mode === "pan") this.map.pan(x - this.last[0], y - this.last[1]);
    else if (this.mode === "box")
      this.line = rectangle(this.start, [x, y]).map((corner) => this.map.camera.place(...corner));
    else if (Math.hypot(x - this.last[0], y - this.last[1]) < CORNER_PX) return;
    else this.line.push(this.map.camera.place(x, y));
    this.last = [x, y];
    if (this.mode !== "pan") this.draw();
  }

  private draw(): void {
    const spots = this.line.map(([x, y]) =>
      this.map.camera
        .spot(x, y)
        .map((value) => value.toFixed(1))
        .join(" "),
    );
    this.trace.setAttribute("d", spots.length > 1 ? `M${spots.join("L")}Z` : "");
  }

  private up(e: PointerEvent): void {
    if (!this.start) return;
    const { moved, mode, line } = this;
    this.drop();
    if (moved && mode === "pan") return;
    if (moved) {
      const found = inside(this.map.places, line);
      const { packed: isPacked, data } = packed(found, this.map.n);
      // One item in a lasso is a selection, as many are; none leaves all as it was.
      if (found.length) this.wanted.pick(data, isPacked);
      return;
    }
    const item = this.map.itemAt(...this.at(e));
    this.wanted.pick(Uint32Array.from(item < 0 ? [] : [item]).buffer, false);
  }

  private drop(): void {
    this.start = null;
    this.line = [];
    this.trace.setAttribute("d", "");
  }

  private point(x: number, y: number): void {
    const item = this.map.itemAt(x, y);
    if (item === this.over) return;
    this.rest();
    this.over = item;
    this.stage.style.cursor = item >= 0 ? "pointer" : "";
    if (item < 0) return;
    this.nearing = setTimeout(() => this.wanted.approach(item), APPROACH_MS);
    this.dwell = setTimeout(() => this.wanted.hover(item), DWELL_MS);
  }

  // The card goes at once; it comes after a moment.
  private rest(): void {
    clearTimeout(this.nearing);
    clearTimeout(this.dwell);
    if (this.over >= 0) this.wanted.hover(null);
    this.over = -1;
  }

  private leave(): void {
    this.here = null;
    this.rest();
    this.stage.style.cursor = "";
  }

  private wheel(e: WheelEvent): void {
    if (!this.active && !e.ctrlKey && !e.metaKey) {
      this.wanted.hint();
      return;
    }
    e.preventDefault();
    this.rest();
    const lines = e.deltaMode === 1 ? 16 : 1;
    this.map.zoom(Math.exp((-e.deltaY * lines * (e.ctrlKey ? 3 : 1)) / 400), ...this.at(e));
  }

  close(): void {
    this.quiet();
    clearTimeout(this.nearing);
    clearTimeout(this.dwell);
    this.stop.abort();
  }
}

export function rectangle([x, y]: readonly [number, number], [u, v]: readonly [number, number]): [number, number][] {
  return [
    [x, y],
    [u, y],
    [u, v],
    [x, v],
  ];
}
