// Answers from what is inside the page, in the place of Python: the same questions, the same facts.

import type { Facts, Item, Items, Section, Tile } from "../state/facts";
import { count } from "../words/numbers";
import { bytesFrom, type Coloring, maskOf, type PageData, placesFrom, shortsFrom, wholesFrom } from "./data";
import { WordIndex } from "./words";

const NUMBERED = 9;
const PAGE = 48;
const MOST_VALUES = 30;
const MOST_LETTERS = 280;
const NOWHERE = 0xffffffff;
// Marks of the map, in the order of marks.ts.
const MARKS = ["text", "image", "page", "audio", "video"];

interface Slice {
  kind: Items["kind"];
  title: string;
  note: string;
  positions: readonly number[];
  sections: Section[];
}

export class Answers {
  readonly n: number;
  private readonly modalities: Uint8Array;
  private readonly clusters: Uint8Array | Uint16Array;
  private readonly nearest: Uint32Array;
  private readonly scores: Uint8Array;
  private readonly positionOf: Map<string, number>;
  private readonly nameOf: Map<string, string>;
  private readonly codes = new Map<string, Uint8Array | Uint16Array>();
  private index: WordIndex | null = null;
  private slice: Slice;
  private serial = 0;
  private trail: string[] = [];

  constructor(
    private readonly data: PageData,
    private readonly tell: (facts: Partial<Facts>) => void,
  ) {
    this.n = data.ids.length;
    this.modalities = bytesFrom(data.modality);
    this.clusters = this.codesOf("cluster");
    this.nearest = wholesFrom(data.nearest);
    this.scores = bytesFrom(data.scores);
    this.positionOf = new Map(data.ids.map((id, position) => [id, position]));
    this.nameOf = new Map(data.clusters.rows.map(({ key, name }) => [key, name]));
    this.slice = this.typical();
  }

  // ---- what is shown

  private shown: { modalities: string[]; muted: string[]; column: string; query: string; inspected: string } = {
    modalities: [],
    muted: [],
    column: "cluster",
    query: "",
    inspected: "",
  };

  // Everything that the app draws, before anybody did anything.
  facts(height: number): Facts {
    const { data } = this;
    const counts = data.modalities.map((name, code): [string, number] => [
      name,
      this.modalities.reduce((sum, one) => sum + (one === code ? 1 : 0), 0),
    ]);
    const modalities = counts.filter(([, n]) => n > 0);
    this.shown.modalities = modalities.map(([name]) => name);
    const marks = data.modalities.map((name) => MARKS.indexOf(name));
    return {
      boards: ["items", "item", "clusters", "columns", "about"],
      height,
      own: "",
      still: "",
      xy: placesFrom(data.xy).buffer,
      marks: this.modalities.map((code) => marks[code]!),
      cluster_colors: this.coloring("cluster").colors,
      modalities,
      shown_modalities: this.shown.modalities,
      muted: [],
      working: "",
      last_error: "",
      query: "",
      inspected: "",
      item: {},
      clusters: { ...data.clusters, size: null, spacing: -1 },
      about: {
        headline: data.headline,
        trust: data.trust,
        caveats: data.caveats,
        unread: [],
        unread_count: 0,
        unread_words: "",
        unread_more: "",
        rows: [],
      },
      items: this.head(),
      ...this.painted("cluster"),
      ...this.lit(),
    } as Facts;
  }

  private coloring(column: string): Coloring {
    return this.data.colorings[column]!;
  }

  private codesOf(column: string): Uint8Array | Uint16Array {
    let codes = this.codes.get(column);
    if (!codes) {
      const { codes: packed, colors } = this.coloring(column);
      codes = colors.length > 256 ? shortsFrom(packed) : bytesFrom(packed);
      this.codes.set(column, codes);
    }
    return codes;
  }

  private painted(column: string): Partial<Facts> {
    const { title, colors, entries, bar, names } = this.coloring(column);
    return {
      column,
      codes: this.codesOf(column).buffer as ArrayBuffer,
      colors,
      names: names.length ? names : this.coloring("cluster").names,
      columns: { choices: this.data.choices, title, entries, bar },
    };
  }

  private lit(): Pick<Facts, "lit" | "dimmed"> {
    const open = this.shown.inspected ? this.positionOf.get(this.shown.inspected) : undefined;
    if (open !== undefined)
      return { lit: maskOf([open, ...this.near(open).map(([item]) => item)], this.n), dimmed: "faint" };
    if (this.slice.kind !== "typical") return { lit: maskOf(this.slice.positions, this.n), dimmed: "grey" };
    if (this.shown.modalities.length < new Set(this.modalities).size) {
      const shown = Array.from({ length: this.n }, (_, item) => item).filter((item) => this.isOn(item));
      return { lit: maskOf(shown, this.n), dimmed: "grey" };
    }
    return { lit: new Uint8Array(), dimmed: "grey" };
  }

  private modalityOf(item: number): string {
    return this.data.modalities[this.modalities[item]!]!;
  }

  private isOn(item: number): boolean {
    return this.shown.modalities.includes(this.modalityOf(item));
  }

  private isActive(item: number): boolean {
    return this.isOn(item) && !this.shown.muted.includes(String(this.codesOf(this.shown.column)[item]));
  }

  // ---- the slice

  private typical(): Slice {
    const title = this.data.typical.length ? "The most typical item of each cluster" : "No clusters were found";
    return { kind: "typical", title, note: "", positions: this.data.typical, sections: [] };
  }

  private head(): Items {
    const { kind, title, note, positions, sections } = this.slice;
    const numbered = kind === "search" ? positions.slice(0, NUMBERED) : [];
    return {
      serial: this.serial,
      kind,
      title,
      note,
      total: positions.length,
      ranks: numbered.map((position, place) => ({ position, text: String(place + 1) })),
      sections,
      placeholder: "Find words in titles and texts",
    };
  }

  private show(slice: Slice, query = ""): void {
    this.slice = slice;
    this.serial += 1;
    this.trail = [];
    this.shown.inspected = "";
    this.shown.query = query;
    this.tell({ items: this.head(), item: {}, inspected: "", query, ...this.lit() });
  }

  choose(positions: readonly number[], named = "", leftOut = 0): void {
    const n = positions.length;
    const title = named ? `${named} · ${count(n)} ${n === 1 ? "item" : "items"}` : `${count(n)} selected`;
    const note = leftOut ? `${count(leftOut)} greyed ${leftOut === 1 ? "item was" : "items were"} left out.` : "";
    this.show({ kind: "selection", title, note, positions, sections: [] });
  }

  clear(): void {
    this.show(this.typical());
  }

  // The items of the slice; all that are on the map where nothing is chosen.
  get positions(): readonly number[] {
    return this.slice.kind === "typical" ? Array.from({ length: this.n }, (_, item) => item) : this.slice.positions;
  }

  search(query: string): void {
    const wanted = query.trim();
    if (!wanted) {
      this.clear();
      return;
    }
    this.index ??= new WordIndex(this.data.titles, this.data.texts);
    const { inTitle, inText } = this.index.find(wanted, (item) => this.isOn(item));
    const positions = [...inTitle, ...inText];
    const sections = [
      { title: `${count(inTitle.length)} in the title`, start: 0, n: inTitle.length },
      { title: `${count(inText.length)} in the text`, start: inTitle.length, n: inText.length },
    ].filter(({ n }) => n > 0);
    const word = wanted.split(/\s+/).length > 1 ? "the words" : "the word";
    const found = `“${wanted}” · ${count(positions.length)} with ${word}`;
    this.show(
      {
        kind: "search",
        title: positions.length ? found : `Nothing has “${wanted}” in its title or text`,
        note: positions.length ? "" : "This page looks for the beginnings of words, and for nothing like them.",
        positions,
        sections: positions.length ? sections.map(({ title, start }) => ({ title, start })) : [],
      },
      wanted,
    );
  }

  take(picked: readonly number[]): void {
    if (!picked.length) this.clear();
    else if (picked.length === 1) this.inspect(this.data.ids[picked[0]!]!);
    else {
      const active = picked.filter((item) => this.isActive(item));
      this.choose(active, "", picked.length - active.length);
    }
  }

  chooseCluster(key: string): void {
    const chosen = this.withCode("cluster", (code) => code === Number(key));
    this.choose(chosen, this.nameOf.get(key) ?? "");
  }

  chooseFinding(place: number): void {
    const finding = this.data.findings[place];
    if (finding) this.choose(finding.positions, finding.title);
  }

  // Bins of the histogram, both included; each is as many codes wide.
  brush(first: number, last: number): void {
    const { title, bar, colors } = this.coloring(this.shown.column);
    const wide = (colors.length - 1) / (bar?.counts.length ?? 1);
    this.choose(
      this.withCode(this.shown.column, (code) => code >= first * wide && code < (last + 1) * wide),
      title,
    );
  }

  private withCode(column: string, wanted: (code: number) => boolean): number[] {
    const found: number[] = [];
    this.codesOf(column).forEach((code, item) => {
      if (wanted(code)) found.push(item);
    });
    return found;
  }

  // Values of the column that the palette has no colour for; the most frequent first.
  findValues(words: string): { values: [string, string][]; more: number } {
    const counts = new Map<string, number>();
    for (const value of this.valuesOf(this.shown.column))
      if (value?.toLowerCase().includes(words.toLowerCase())) counts.set(value, (counts.get(value) ?? 0) + 1);
    const found = [...counts].sort(([, a], [, b]) => b - a);
    return {
      values: found.slice(0, MOST_VALUES).map(([value, n]) => [value, count(n)]),
      more: Math.max(0, found.length - MOST_VALUES),
    };
  }

  chooseValue(value: string): void {
    const values = this.valuesOf(this.shown.column);
    this.choose(
      [...values.keys()].filter((item) => values[item] === value),
      value,
    );
  }

  private valuesOf(column: string): readonly (string | null)[] {
    return this.data.details.find(([name]) => name === column)?.[1] ?? [];
  }

  // ---- colours

  colorBy(column: string): void {
    this.shown.column = column;
    this.shown.muted = [];
    this.tell({ muted: [], ...this.painted(column) });
  }

  mute(keys: string[]): void {
    this.shown.muted = keys;
    this.tell({ muted: keys });
  }

  showModalities(names: string[]): void {
    this.shown.modalities = names;
    this.tell({ shown_modalities: names });
    if (this.shown.query) this.search(this.shown.query);
    else this.tell(this.lit());
  }

  // ---- items

  tile(position: number): Tile {
    const { data } = this;
    const code = this.clusters[position]!;
    return {
      id: data.ids[position]!,
      position,
      title: data.titles[position]!,
      modality: this.modalityOf(position),
      span: data.spans[position]!,
      cluster: this.nameOf.get(String(code)) ?? "",
      code,
      words: this.modalityOf(position) === "text" ? data.texts[position]!.slice(0, MOST_LETTERS) : "",
      silent: !data.media[position],
    };
  }

  tiles(serial: number, start: number): Tile[] {
    if (serial !== this.serial) return [];
    const { kind, positions } = this.slice;
    return positions.slice(start, start + PAGE).map((position, place) => {
      const tile = this.tile(position);
      if (kind === "search") return { ...tile, rank: start + place + 1 };
      return kind === "typical" ? { ...tile, foot: tile.cluster } : tile;
    });
  }

  private near(position: number): [item: number, score: number][] {
    const m = this.data.nearest_count;
    const found: [number, number][] = [];
    for (let k = position * m; k < (position + 1) * m; k += 1)
      if (this.nearest[k] !== NOWHERE) found.push([this.nearest[k]!, this.scores[k]! / 100]);
    return found;
  }

  inspect(id: string): void {
    const position = this.positionOf.get(id);
    if (position === undefined) this.trail = [];
    else if (this.trail.at(-1) !== id) this.trail.push(id);
    this.shown.inspected = position === undefined ? "" : id;
    this.tell({
      inspected: this.shown.inspected,
      item: position === undefined ? {} : this.whole(position),
      ...this.lit(),
    });
  }

  back(): void {
    if (this.trail.length < 2) return;
    this.trail.pop();
    this.inspect(this.trail.at(-1)!);
  }

  private whole(position: number): Item {
    const { data } = this;
    const rows = data.details
      .map(([name, values]): [string, string | null] => [name, values[position]!])
      .filter((row): row is [string, string] => row[1] !== null);
    return {
      ...this.tile(position),
      text: data.texts[position]!,
      seconds: null,
      rows: [...rows, ["id", data.ids[position]!]],
      nearest: this.near(position).map(([item, score]) => ({ ...this.tile(item), score: score.toFixed(2) })),
      can_go_back: this.trail.length > 1,
      row: this.slice.positions.indexOf(position),
    };
  }

  // The item before or after the open one in the slice; empty at its ends.
  beside(step: number): string {
    const open = this.positionOf.get(this.shown.inspected);
    const row = open === undefined ? -1 : this.slice.positions.indexOf(open);
    const position = row < 0 ? undefined : this.slice.positions[row + step];
    return position === undefined ? "" : this.data.ids[position]!;
  }

  picture(id: string): Uint8Array<ArrayBuffer> | null {
    const packed = this.data.pictures[this.positionOf.get(id) ?? -1];
    return packed ? bytesFrom(packed) : null;
  }

  // What is shown or played of an open item: the small picture, where there was no room for more.
  medium(id: string): { mime: string; bytes: Uint8Array<ArrayBuffer>; note: string } {
    const position = this.positionOf.get(id) ?? -1;
    const [mime, packed] = this.data.media[position] ?? [];
    if (mime && packed) return { mime, bytes: bytesFrom(packed), note: "" };
    const modality = this.modalityOf(position);
    const small = this.picture(id);
    if (modality === "audio" || !small) throw new Error("this file had no room for it.");
    const what = modality === "video" ? "One frame of it is" : "Only this small picture of it is";
    return { mime: "image/webp", bytes: small, note: `${what} in this file.` };
  }
}
