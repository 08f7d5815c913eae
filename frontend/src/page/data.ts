// What is inside the page: every item of the map, as columns. Python writes it (report/page_data.py), nothing else is asked.

import type { Weighed } from "../boards/why";
import type { Bar, Clusters, Entry, MapName } from "../state/facts";

export interface Coloring {
  title: string;
  // One code for each item, in base 64; two bytes each where there are more than 256 colours.
  codes: string;
  colors: string[];
  entries: Entry[];
  bar: Bar | null;
  names: MapName[];
}

export interface PageData {
  name: string;
  headline: string;
  trust: string;
  caveats: string[];
  left_out: string[];
  ids: string[];
  titles: string[];
  texts: string[];
  spans: string[];
  modalities: string[];
  modality: string;
  // Two numbers of 16 bits for each item, over the square of the map.
  xy: string;
  // The nearest items of each, and their cosine in hundredths; a position that is no item's stands for none.
  nearest: string;
  scores: string;
  nearest_count: number;
  colorings: Record<string, Coloring>;
  choices: [string, string][];
  clusters: Pick<Clusters, "rows" | "stability">;
  typical: number[];
  // Columns of the person's own and of the map: a value of each item, or none.
  details: [string, (string | null)[]][];
  // By position, in base 64.
  pictures: Record<string, string>;
  media: Record<string, [string, string]>;
  // The items of each finding of a review.
  findings: { title: string; positions: number[] }[];
  // What is laid over an item of the page, in the order of the explanations; none where nothing carries a likeness.
  explanations: ({ position: number; why: Weighed } | null)[];
  // Frames of each film that is explained, in base 64.
  frames: string[][];
}

const [LEAST, MOST] = [-1, 1];
const STEPS = 65535;

export function bytesFrom(base64: string): Uint8Array<ArrayBuffer> {
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < characters.length; i += 1) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

export function shortsFrom(base64: string): Uint16Array<ArrayBuffer> {
  return new Uint16Array(bytesFrom(base64).buffer);
}

export function wholesFrom(base64: string): Uint32Array<ArrayBuffer> {
  return new Uint32Array(bytesFrom(base64).buffer);
}

// Places on the map, as the renderer wants them.
export function placesFrom(base64: string): Float32Array<ArrayBuffer> {
  return Float32Array.from(shortsFrom(base64), (step) => LEAST + (step / STEPS) * (MOST - LEAST));
}

// One bit for every item, the first eight in the first byte from its lowest bit on.
export function maskOf(positions: readonly number[], n: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(n / 8));
  for (const position of positions) bits[position >> 3]! |= 1 << (position & 7);
  return bits;
}

// What the map sends of a lasso: numbers, or one bit for every item; they rise.
export function positionsFrom(data: ArrayBuffer, isPacked: boolean): number[] {
  if (!isPacked) return [...new Uint32Array(data)].sort((a, b) => a - b);
  const bits = new Uint8Array(data);
  const found: number[] = [];
  for (let item = 0; item < bits.length * 8; item += 1) if (bits[item >> 3]! & (1 << (item & 7))) found.push(item);
  return found;
}
