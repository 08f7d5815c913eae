// Pictures in the place of marks, where few items are in view.

import { effect } from "@preact/signals";
import type { Pictures } from "../kernel/pictures";
import type { Store } from "../state/store";
import type { MapView } from "./view";

const MOST_IN_VIEW = 60;
const LEAST_ZOOM = 1.5;
const WAIT_MS = 150;
export const SIDE = 44;

export class Thumbnails {
  private readonly shown = new Map<number, HTMLImageElement>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly undo: (() => void)[] = [];
  private ids = new Map<number, string>();

  constructor(
    private readonly el: HTMLElement,
    private readonly map: MapView,
    store: Store,
    private readonly pictures: Pictures,
    private readonly idsOf: (positions: number[]) => Promise<string[]>,
  ) {
    this.undo.push(
      map.onDraw(() => this.draw()),
      effect(() => {
        void store.facts.lit.value;
        void store.facts.muted.value;
        this.dim();
      }),
    );
  }

  private draw(): void {
    for (const [item, img] of this.shown) this.put(item, img);
    // What is in view is looked for when the map has come to rest.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fill(), WAIT_MS);
  }

  private put(item: number, img: HTMLImageElement): void {
    const spot = this.map.spot(item);
    if (spot) img.style.translate = `${(spot[0] - SIDE / 2).toFixed(1)}px ${(spot[1] - SIDE / 2).toFixed(1)}px`;
  }

  private async fill(): Promise<void> {
    const near = this.map.camera.zoom > LEAST_ZOOM && !this.map.moves && this.map.n > MOST_IN_VIEW;
    const inView = (near && this.map.inView(MOST_IN_VIEW)) || [];
    const chosen = apart(inView, (item) => this.map.spot(item));
    for (const [item, img] of this.shown) {
      if (chosen.includes(item)) continue;
      img.remove();
      this.shown.delete(item);
    }
    const missing = chosen.filter((item) => !this.ids.has(item));
    if (missing.length) {
      const ids = await this.idsOf(missing).catch(() => []);
      ids.forEach((id, i) => {
        this.ids.set(missing[i]!, id);
      });
    }
    for (const item of chosen) {
      const id = this.ids.get(item);
      if (!id || this.shown.has(item)) continue;
      const url = await this.pictures.url(id);
      if (!url || this.shown.has(item)) continue;
      const img = document.createElement("img");
      img.className = "nx-mark-picture";
      img.alt = "";
      img.src = url;
      img.dataset.id = id;
      img.style.borderColor = this.map.colorOf(item);
      this.shown.set(item, img);
      this.el.prepend(img);
      this.put(item, img);
    }
    this.dim();
    // The view may have moved on while pictures came.
    const still = new Set(this.map.inView(MOST_IN_VIEW) ?? []);
    for (const [item, img] of this.shown) if (!still.has(item)) this.drop(item, img);
  }

  private drop(item: number, img: HTMLImageElement): void {
    img.remove();
    this.shown.delete(item);
  }

  private dim(): void {
    for (const [item, img] of this.shown) img.dataset.dimmed = String(!this.map.isLit(item));
  }

  close(): void {
    clearTimeout(this.timer);
    for (const undo of this.undo.splice(0)) undo();
    for (const img of this.shown.values()) img.remove();
    this.shown.clear();
  }
}

// Items whose pictures would not cover each other, those that come first first.
export function apart(
  items: readonly number[],
  spot: (item: number) => [number, number] | undefined,
  least = SIDE * 0.8,
): number[] {
  const taken: [number, number][] = [];
  return items.filter((item) => {
    const at = spot(item);
    if (!at || taken.some(([x, y]) => Math.abs(x - at[0]) < least && Math.abs(y - at[1]) < least)) return false;
    taken.push(at);
    return true;
  });
}
