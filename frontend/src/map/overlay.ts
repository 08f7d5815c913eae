// What stands over the items: names, numbers of a search, the open item and lines to its neighbours. Moved with them.

import { effect } from "@preact/signals";
import type { Level, MapName } from "../state/facts";
import type { Store } from "../state/store";
import { menuSpot, opensMenu } from "../words/menu";
import { type Box, overlap, placeNames, type Stand } from "./placement";
import type { MapView } from "./view";

interface NameTag {
  el: HTMLElement;
  name: MapName;
  level: Level;
  of: ReadonlySet<number> | undefined;
  stand: Stand | null;
  width: number;
  height: number;
}

interface Pin {
  el: HTMLElement;
  position: number;
}

// Where the tools stand, in pixels.
const TOOLS: Box = { left: 0, top: 0, right: 48, bottom: 200 };
// Times nearer than the whole map.
const LARGER_TO = 1.8;
const FINER_FROM = 2.2;
const MANY_NAMES = 40;
// Before a name that is true of few of its items.
const PICTURES = 3;
const SVG = "http://www.w3.org/2000/svg";

export class Overlay {
  private names: NameTag[] = [];
  private ranks: Pin[] = [];
  private asked = new Set<Level>();
  private near: number[] = [];
  private elsewhere: ReadonlySet<number> = new Set();
  private strangers: number[] = [];
  private open: number | undefined;
  private readonly ring = tag("span", "nx-ring");
  private readonly pointed = tag("span", "nx-pointed");
  private readonly lines = document.createElementNS(SVG, "path");
  private readonly longLines = document.createElementNS(SVG, "path");
  private readonly rings = document.createElementNS(SVG, "path");
  private readonly undo: (() => void)[] = [];
  onPlaced: () => void = () => {};

  constructor(
    private readonly el: HTMLElement,
    private readonly map: MapView,
    private readonly store: Store,
    private readonly onName: (level: Level, cluster: number) => void,
    private readonly ask: (level: Level) => Promise<MapName[]>,
    private readonly picture: (id: string) => Promise<string | null>,
  ) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "nx-lines");
    this.longLines.setAttribute("class", "nx-elsewhere");
    this.rings.setAttribute("class", "nx-strangers");
    svg.append(this.lines, this.longLines, this.rings);
    // A handle for tests and for measurements, as the map has one.
    Object.assign(el, { overlay: this });
    el.append(svg, this.ring, this.pointed);
    this.undo.push(
      effect(() => this.tagNames()),
      effect(() => this.tagRanks()),
      effect(() => this.tagItem()),
      effect(() => {
        void this.store.facts.pointed.value;
        this.map.place();
      }),
      map.onDraw(() => this.place()),
    );
  }

  private tagNames(): void {
    for (const { el } of this.names) el.remove();
    this.asked.clear();
    this.names = [];
    this.add("cluster", this.store.facts.names.value);
  }

  // What is known of a name: a tooltip, and pictures before it where it is true of few of its items.
  private explain(el: HTMLElement, cluster: number): void {
    const row = this.store.facts.clusters.value.rows.find(({ key }) => key === String(cluster));
    if (row?.evidence) el.title = row.evidence;
    if (!row?.doubtful) return;
    el.dataset.doubtful = "true";
    const strip = tag("span", "nx-name-pictures");
    el.prepend(strip);
    for (const id of row.medoids.slice(0, PICTURES)) {
      const img = document.createElement("img");
      img.alt = "";
      this.picture(id).then((url) => {
        if (url) img.src = url;
      });
      strip.append(img);
    }
  }

  private add(level: Level, told: readonly MapName[]): void {
    const largest = Math.max(...told.map(({ size }) => size), 1);
    const tags = told.map((name) => {
      const el = tag("span", "nx-name", name.text);
      el.dataset.level =
        level === "larger"
          ? "0"
          : level === "finer"
            ? "4"
            : name.size > largest / 2
              ? "1"
              : name.size > largest / 5
                ? "2"
                : "3";
      el.dataset.cluster = level === "cluster" ? String(name.cluster) : "";
      el.style.setProperty("--nx-own", name.color);
      if (level === "cluster") this.explain(el, name.cluster);
      el.addEventListener("click", () => this.onName(level, name.cluster));
      el.addEventListener("contextmenu", (event) => {
        if (level !== "cluster" || !opensMenu(event, this.store)) return;
        this.store.menu.value = {
          of: "cluster",
          target: String(name.cluster),
          title: name.text,
          ...menuSpot(event),
        };
      });
      this.el.append(el);
      return { el, name, level, of: name.of && new Set(name.of), stand: null, width: 0, height: 0 };
    });
    this.names = level === "larger" ? [...tags, ...this.names] : [...this.names, ...tags];
    this.measure();
    this.map.place();
  }

  // Names of larger clusters where there are many, of parts of clusters where the map is near: asked for when wanted.
  private async want(level: Level): Promise<void> {
    if (this.asked.has(level) || !this.names.length || this.store.facts.column.value !== "cluster") return;
    this.asked.add(level);
    const told = this.store.facts.names.value;
    const found = await this.ask(level).catch(() => []);
    if (told === this.store.facts.names.value) this.add(level, found);
  }

  // A name's box is known once the page has its type; a hidden page has none yet.
  private measure(): void {
    for (const name of this.names) [name.width, name.height] = [name.el.offsetWidth, name.el.offsetHeight];
  }

  private tagRanks(): void {
    for (const { el } of this.ranks) el.remove();
    const { ranks } = this.store.facts.items.value;
    this.ranks = ranks.map(({ position, text }) => ({ position, el: tag("span", "nx-rank", text) }));
    this.el.append(...this.ranks.map(({ el }) => el));
    this.map.place();
  }

  private tagItem(): void {
    const { position, nearest, true: near, elsewhere, strangers } = this.store.facts.item.value;
    this.open = position;
    this.near = near ?? (nearest ?? []).map((tile) => tile.position);
    this.elsewhere = new Set(elsewhere);
    this.strangers = strangers ?? [];
    this.map.place();
  }

  private place(): void {
    if (this.names.length && !this.names[0]!.width) this.measure();
    const taken: Box[] = [TOOLS];
    this.placeRanks(taken);
    this.placeOpen(taken);
    this.placePointed();
    const { zoom } = this.map.camera;
    if (zoom > FINER_FROM) this.want("finer");
    if (zoom < LARGER_TO && this.store.facts.names.value.length > MANY_NAMES) this.want("larger");
    const active = this.names.filter(
      ({ level }) => level === "cluster" || (level === "finer" ? zoom > FINER_FROM : zoom < LARGER_TO),
    );
    for (const name of this.names) if (!active.includes(name)) name.el.style.visibility = "hidden";
    const placed = placeNames(
      active.map(({ width, height, name, of }) => ({
        width,
        height,
        cluster: name.cluster,
        members: this.map.spots(name.members),
        ...(of && { of }),
      })),
      this.map.room,
      { radius: this.map.size / 2, taken, before: active.map(({ stand }) => stand) },
    );
    placed.forEach((found, i) => {
      const name = active[i]!;
      name.stand = found;
      name.el.style.visibility = found ? "visible" : "hidden";
      if (found) name.el.style.translate = `${found.box.left.toFixed(1)}px ${found.box.top.toFixed(1)}px`;
    });
    this.onPlaced();
  }

  private placeRanks(taken: Box[]): void {
    const radius = this.map.size / 2;
    for (const { el, position } of this.ranks) {
      const spot = this.open === undefined ? this.map.spot(position) : undefined;
      const box = spot && {
        left: spot[0] - 11,
        right: spot[0] + 11,
        top: spot[1] - radius - 21,
        bottom: spot[1] - radius - 2,
      };
      const free = box && this.isIn(spot) && !taken.some((other) => overlap(box, other));
      el.style.visibility = free ? "visible" : "hidden";
      if (!free) continue;
      taken.push(box);
      el.style.translate = `${spot[0].toFixed(1)}px ${(spot[1] - radius - 2).toFixed(1)}px`;
    }
  }

  private placeOpen(taken: Box[]): void {
    const spot = this.open === undefined ? undefined : this.map.spot(this.open);
    this.ring.style.visibility = spot && this.isIn(spot) ? "visible" : "hidden";
    for (const path of [this.lines, this.longLines, this.rings]) path.setAttribute("d", "");
    if (!spot) return;
    const [x, y] = spot;
    this.ring.style.translate = `${x.toFixed(1)}px ${y.toFixed(1)}px`;
    taken.push({ left: x - 13, right: x + 13, top: y - 13, bottom: y + 13 });
    const lines = (items: number[]) =>
      items
        .map((item) => this.map.spot(item))
        .filter((end) => end !== undefined)
        .map(([ex, ey]) => `M${x.toFixed(1)} ${y.toFixed(1)}L${ex.toFixed(1)} ${ey.toFixed(1)}`)
        .join("");
    this.lines.setAttribute("d", lines(this.near.filter((item) => !this.elsewhere.has(item))));
    // A true neighbour that the map put elsewhere is worth a stronger line than one beside the item.
    this.longLines.setAttribute("d", lines(this.near.filter((item) => this.elsewhere.has(item))));
    const r = this.map.size / 2 + 2;
    this.rings.setAttribute(
      "d",
      this.strangers
        .map((item) => this.map.spot(item))
        .filter((at) => at !== undefined)
        .map(
          ([sx, sy]) =>
            `M${(sx - r).toFixed(1)} ${sy.toFixed(1)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
        )
        .join(""),
    );
  }

  // Where the pointer is in the map beside this one.
  private placePointed(): void {
    const spot = this.map.spot(this.store.facts.pointed.value ?? -1);
    this.pointed.style.visibility = spot && this.isIn(spot) ? "visible" : "hidden";
    if (spot) this.pointed.style.translate = `${spot[0].toFixed(1)}px ${spot[1].toFixed(1)}px`;
  }

  private isIn([x, y]: readonly [number, number]): boolean {
    return x > 0 && y > 0 && x < this.map.room.width && y < this.map.room.height;
  }

  // Names in view with their spots, for the keyboard.
  get shown(): { cluster: number; text: string; x: number; y: number }[] {
    return this.names.flatMap(({ el, name, level, stand }) => {
      const spot = stand && level === "cluster" ? this.map.spot(name.members[0]!) : undefined;
      return spot ? [{ cluster: name.cluster, text: el.textContent ?? "", x: spot[0], y: spot[1] }] : [];
    });
  }

  // Names in view: their box, and whose they are.
  get boxes(): { text: string; level: Level; cluster: number; members: readonly number[]; box: Box }[] {
    return this.names.flatMap(({ el, name, level, stand, width, height }) => {
      if (!stand || el.style.visibility === "hidden") return [];
      const [left = 0, top = 0] = el.style.translate.split(" ").map(Number.parseFloat);
      const box = { left, top, right: left + width, bottom: top + height };
      return [{ text: name.text, level, cluster: name.cluster, members: name.members, box }];
    });
  }

  point(cluster: number | null): void {
    for (const { el } of this.names) el.toggleAttribute("data-at", el.dataset.cluster === String(cluster));
  }

  close(): void {
    for (const undo of this.undo.splice(0)) undo();
    this.el.replaceChildren();
  }
}

function tag(name: "span", type: string, words = ""): HTMLElement {
  const el = document.createElement(name);
  el.className = type;
  el.textContent = words;
  return el;
}
