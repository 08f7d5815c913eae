// What Python says: one typed value for each trait of the app. The browser reads these and sends intents.

export type Bytes = DataView | ArrayBuffer | Uint8Array;

export interface Tile {
  id: string;
  position: number;
  title: string;
  modality: string;
  span: string;
  cluster: string;
  code: number;
  words: string;
  rank?: number;
  score?: string;
  strength?: number;
  why?: string;
  foot?: string;
  // Of a sound or a film that cannot be played here.
  silent?: boolean;
}

export interface MapName {
  cluster: number;
  text: string;
  size: number;
  color: string;
  members: number[];
  // Of a name for larger clusters or for a part of one: the clusters that it is about.
  of?: number[];
}

export type Level = "larger" | "cluster" | "finer";

export interface Items {
  serial: number;
  kind: "typical" | "selection" | "search";
  title: string;
  note: string;
  total: number;
  ranks: { position: number; text: string }[];
  sections: Section[];
  placeholder: string;
}

export interface Section {
  title: string;
  start: number;
}

export interface Item extends Partial<Tile> {
  text?: string;
  seconds?: [number, number] | null;
  rows?: [string, string][];
  nearest?: Tile[];
  // What the map gets wrong around it: in words, and the positions of its true neighbours, of those that are elsewhere,
  // and of strangers beside it.
  around?: string;
  true?: number[];
  elsewhere?: number[];
  strangers?: number[];
  can_go_back?: boolean;
  row?: number;
}

export interface ClusterRow {
  key: string;
  name: string;
  count: number;
  share: string;
  color: string;
  medoids: string[];
  score?: string;
  doubtful?: boolean;
  evidence?: string;
  // How far it is decided, and by whom; nothing of the unclustered items.
  status?: string;
  by?: string;
  // Items of each modality, in the order of `modalities`.
  mix: number[];
}

export interface LargerCluster {
  name: string;
  count: number;
  of: string[];
}

export interface Unattached {
  name: string;
  size: number;
  on_map: number;
  status: string;
  by: string;
}

export interface Found {
  share: string;
  reading: string;
  firm: boolean;
}

export interface Clusters {
  rows: ClusterRow[];
  size: number | null;
  spacing: number;
  stability: { offer?: string; seconds?: number; sentence?: string; clusters?: Record<string, Found> };
  progress: [number, number];
  undo: string;
  redo: string;
  by: string;
  read_only: boolean;
  unattached: Unattached[];
  overtaken: { count: number; sentence: string };
  larger: { offer: boolean; rows: LargerCluster[] };
  again: number;
  // Ids of models that can be asked for names, the usual one first.
  language_models: string[];
}

export interface Entry {
  key: string;
  code: number;
  label: string;
  count: number;
  color: string;
}

export interface Bar {
  low: string;
  high: string;
  colors: string[];
  log: boolean;
  counts: number[];
  edges: string[];
}

export interface Columns {
  choices: [string, string][];
  title: string;
  entries: Entry[];
  bar: Bar | null;
}

export interface About {
  headline: string;
  trust: string;
  // What Python calls the exploration that is shown, where it is another than the one that was opened.
  variant?: string;
  caveats: string[];
  unread: [string, string][];
  unread_count: number;
  unread_words: string;
  unread_more: string;
  rows: [string, string][];
}

// What each board shows. A board adds its row beside its component:
//   declare module "../state/facts" { interface BoardFacts { pair: Pair } }
export interface BoardFacts {
  items: Items;
  item: Item;
  clusters: Clusters;
  columns: Columns;
  about: About;
}

export interface Facts extends BoardFacts {
  boards: (keyof BoardFacts)[];
  height: number;
  own: string;
  still: string;
  xy: Bytes;
  marks: Bytes;
  codes: Bytes;
  colors: string[];
  lit: Bytes;
  dimmed: "grey" | "faint";
  names: MapName[];
  cluster_colors: string[];
  modalities: [string, number][];
  shown_modalities: string[];
  column: string;
  muted: string[];
  query: string;
  inspected: string;
  working: string;
  last_error: string;
  // A map alone; and the item that the pointer is on in the map beside this one, or -1.
  bare: boolean;
  pointed: number;
  // What would be undone, and done again, in words; empty where nothing would.
  history: { undo: string; redo: string } | undefined;
}

// Facts that are no board's; Python says which boards there are.
export const NAMES = [
  "boards",
  "height",
  "own",
  "still",
  "xy",
  "marks",
  "codes",
  "colors",
  "lit",
  "dimmed",
  "names",
  "cluster_colors",
  "modalities",
  "shown_modalities",
  "column",
  "muted",
  "query",
  "inspected",
  "working",
  "last_error",
  "bare",
  "pointed",
  "history",
] as const satisfies readonly Exclude<keyof Facts, keyof BoardFacts>[];

export function bytesOf(value: Bytes | undefined | null): Uint8Array {
  if (!value) return new Uint8Array();
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

// A column of numbers, copied so that it begins at a multiple of its width.
export function floatsOf(value: Bytes | undefined | null): Float32Array {
  return new Float32Array(bytesOf(value).slice().buffer);
}

export function codesOf(value: Bytes, n: number): Uint8Array | Uint16Array {
  const bytes = bytesOf(value);
  return bytes.length === n ? bytes : new Uint16Array(bytes.slice().buffer);
}
