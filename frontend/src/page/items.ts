// The items inside a page, read from its columns.

import type { Item, Tile } from "../state/facts";
import { bytesFrom, type Coloring, type PageData, shortsFrom, wholesFrom } from "./data";

const MOST_LETTERS = 280;
const NOWHERE = 0xffffffff;
// Marks of the map, in the order of marks.ts.
const MARKS = ["text", "image", "page", "audio", "video"];

export class PageItems {
  readonly n: number;
  // How many there are of each modality, where there are any.
  readonly counts: [string, number][];
  readonly marks: Uint8Array;
  private readonly modalities: Uint8Array;
  private readonly nearest: Uint32Array;
  private readonly scores: Uint8Array;
  private readonly positions: Map<string, number>;
  private readonly names: Map<string, string>;
  private readonly codes = new Map<string, Uint8Array | Uint16Array>();

  constructor(private readonly data: PageData) {
    this.n = data.ids.length;
    this.modalities = bytesFrom(data.modality);
    this.nearest = wholesFrom(data.nearest);
    this.scores = bytesFrom(data.scores);
    this.positions = new Map(data.ids.map((id, position) => [id, position]));
    this.names = new Map(data.clusters.rows.map(({ key, name }) => [key, name]));
    const marks = data.modalities.map((name) => MARKS.indexOf(name));
    this.marks = this.modalities.map((code) => marks[code]!);
    const counts = new Array<number>(data.modalities.length).fill(0);
    for (const code of this.modalities) counts[code]! += 1;
    this.counts = data.modalities
      .map((name, code): [string, number] => [name, counts[code]!])
      .filter(([, count]) => count > 0);
  }

  positionOf(id: string): number | undefined {
    return this.positions.get(id);
  }

  idOf(position: number): string {
    return this.data.ids[position]!;
  }

  modalityOf(position: number): string {
    return this.data.modalities[this.modalities[position]!]!;
  }

  nameOf(key: string): string {
    return this.names.get(key) ?? "";
  }

  coloring(column: string): Coloring {
    return this.data.colorings[column]!;
  }

  codesOf(column: string): Uint8Array | Uint16Array {
    let codes = this.codes.get(column);
    if (!codes) {
      const { codes: packed, colors } = this.coloring(column);
      codes = colors.length > 256 ? shortsFrom(packed) : bytesFrom(packed);
      this.codes.set(column, codes);
    }
    return codes;
  }

  withCode(column: string, wanted: (code: number) => boolean): number[] {
    const found: number[] = [];
    this.codesOf(column).forEach((code, item) => {
      if (wanted(code)) found.push(item);
    });
    return found;
  }

  valuesOf(column: string): readonly (string | null)[] {
    return this.data.details.find(([name]) => name === column)?.[1] ?? [];
  }

  tile(position: number): Tile {
    const { data } = this;
    const code = this.codesOf("cluster")[position]!;
    return {
      id: data.ids[position]!,
      position,
      title: data.titles[position]!,
      modality: this.modalityOf(position),
      span: data.spans[position]!,
      cluster: this.nameOf(String(code)),
      code,
      words: this.modalityOf(position) === "text" ? data.texts[position]!.slice(0, MOST_LETTERS) : "",
      silent: !data.media[position],
    };
  }

  near(position: number): [item: number, score: number][] {
    const m = this.data.nearest_count;
    const found: [number, number][] = [];
    for (let k = position * m; k < (position + 1) * m; k += 1)
      if (this.nearest[k] !== NOWHERE) found.push([this.nearest[k]!, this.scores[k]! / 100]);
    return found;
  }

  whole(position: number): Item {
    const rows = this.data.details
      .map(([name, values]): [string, string | null] => [name, values[position]!])
      .filter((row): row is [string, string] => row[1] !== null);
    return {
      ...this.tile(position),
      text: this.data.texts[position]!,
      seconds: null,
      rows: [...rows, ["id", this.idOf(position)]],
      nearest: this.near(position).map(([item, score]) => ({ ...this.tile(item), score: score.toFixed(2) })),
    };
  }

  picture(id: string): Uint8Array<ArrayBuffer> | null {
    const packed = this.data.pictures[this.positionOf(id) ?? -1];
    return packed ? bytesFrom(packed) : null;
  }

  // What is shown or played of an open item: the small picture, where there was no room for more.
  medium(id: string): { mime: string; bytes: Uint8Array<ArrayBuffer>; note: string } {
    const position = this.positionOf(id) ?? -1;
    const [mime, packed] = this.data.media[position] ?? [];
    if (mime && packed) return { mime, bytes: bytesFrom(packed), note: "" };
    const modality = this.modalityOf(position);
    const small = this.picture(id);
    if (modality === "audio" || !small) throw new Error("this file had no room for it.");
    const what = modality === "video" ? "One frame of it is" : "Only this small picture of it is";
    return { mime: "image/webp", bytes: small, note: `${what} in this file.` };
  }
}
