// Answers from what is inside the page, in the place of Python: the same questions, the same facts.

import type { Facts, Items, Section, Tile } from "../state/facts";
import { count } from "../words/numbers";
import { maskOf, type PageData, placesFrom } from "./data";
import { PageItems } from "./items";
import { WordIndex } from "./words";

const NUMBERED = 9;
const PAGE = 48;
const MOST_VALUES = 30;

interface Slice {
  kind: Items["kind"];
  title: string;
  note: string;
  positions: readonly number[];
  sections: Section[];
}

export class Answers {
  readonly items: PageItems;
  private index: WordIndex | null = null;
  private slice: Slice;
  private serial = 0;
  private trail: string[] = [];

  constructor(
    private readonly data: PageData,
    private readonly tell: (facts: Partial<Facts>) => void,
  ) {
    this.items = new PageItems(data);
    this.slice = this.typical();
  }

  get n(): number {
    return this.items.n;
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
    const { data, items } = this;
    this.shown.modalities = items.counts.map(([name]) => name);
    return {
      boards: ["items", "item", "clusters", "columns", "about"],
      height,
      own: "",
      still: "",
      xy: placesFrom(data.xy).buffer,
      marks: items.marks,
      cluster_colors: items.coloring("cluster").colors,
      modalities: items.counts,
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

  private painted(column: string): Partial<Facts> {
    const { title, colors, entries, bar, names } = this.items.coloring(column);
    return {
      column,
      codes: this.items.codesOf(column).buffer as ArrayBuffer,
      colors,
      names: names.length ? names : this.items.coloring("cluster").names,
      columns: { choices: this.data.choices, title, entries, bar },
    };
  }

  private lit(): Pick<Facts, "lit" | "dimmed"> {
    const open = this.shown.inspected ? this.items.positionOf(this.shown.inspected) : undefined;
    if (open !== undefined)
      return { lit: maskOf([open, ...this.items.near(open).map(([item]) => item)], this.n), dimmed: "faint" };
    if (this.slice.kind !== "typical") return { lit: maskOf(this.slice.positions, this.n), dimmed: "grey" };
    if (this.shown.modalities.length < this.items.counts.length) {
      const shown = Array.from({ length: this.n }, (_, item) => item).filter((item) => this.isOn(item));
      return { lit: maskOf(shown, this.n), dimmed: "grey" };
    }
    return { lit: new Uint8Array(), dimmed: "grey" };
  }

  private isOn(item: number): boolean {
    return this.shown.modalities.includes(this.items.modalityOf(item));
  }

  private isActive(item: number): boolean {
    return this.isOn(item) && !this.shown.muted.includes(String(this.items.codesOf(this.shown.column)[item]));
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
    const chosen = this.items.withCode("cluster", (code) => code === Number(key));
    this.choose(chosen, this.items.nameOf(key));
  }

  chooseFinding(place: number): void {
    const finding = this.data.findings[place];
    if (finding) this.choose(finding.positions, finding.title);
  }

  // Bins of the histogram, both included; each is as many codes wide.
  brush(first: number, last: number): void {
    const { title, bar, colors } = this.items.coloring(this.shown.column);
    const wide = (colors.length - 1) / (bar?.counts.length ?? 1);
    this.choose(
      this.items.withCode(this.shown.column, (code) => code >= first * wide && code < (last + 1) * wide),
      title,
    );
  }

  // Values of the column that the palette has no colour for; the most frequent first.
  findValues(words: string): { values: [string, string][]; more: number } {
    const counts = new Map<string, number>();
    for (const value of this.items.valuesOf(this.shown.column))
      if (value?.toLowerCase().includes(words.toLowerCase())) counts.set(value, (counts.get(value) ?? 0) + 1);
    const found = [...counts].sort(([, a], [, b]) => b - a);
    return {
      values: found.slice(0, MOST_VALUES).map(([value, n]) => [value, count(n)]),
      more: Math.max(0, found.length - MOST_VALUES),
    };
  }

  chooseValue(value: string): void {
    const values = this.items.valuesOf(this.shown.column);
    this.choose(
      [...values.keys()].filter((item) => values[item] === value),
      value,
    );
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

  tiles(serial: number, start: number): Tile[] {
    if (serial !== this.serial) return [];
    const { kind, positions } = this.slice;
    return positions.slice(start, start + PAGE).map((position, place) => {
      const tile = this.items.tile(position);
      if (kind === "search") return { ...tile, rank: start + place + 1 };
      return kind === "typical" ? { ...tile, foot: tile.cluster } : tile;
    });
  }

  inspect(id: string): void {
    const position = this.items.positionOf(id);
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

  private whole(position: number): Facts["item"] {
    const row = this.slice.positions.indexOf(position);
    return { ...this.items.whole(position), can_go_back: this.trail.length > 1, row };
  }

  // The item before or after the open one in the slice; empty at its ends.
  beside(step: number): string {
    const open = this.items.positionOf(this.shown.inspected);
    const row = open === undefined ? -1 : this.slice.positions.indexOf(open);
    const position = row < 0 ? undefined : this.slice.positions[row + step];
    return position === undefined ? "" : this.data.ids[position]!;
  }
}
