// From codes and a palette to the colour of every item, and the order in which items are drawn.

export const CONTEXT = "#a3a7ad";
// Items up to which those of no cluster are drawn first: of more, their order costs more than it shows.
const MOST_SORTED = 200_000;
const GREYS = new Set([CONTEXT, "#9a9fa6"]);

export interface Painting {
  codes: Uint8Array | Uint16Array;
  colors: readonly string[];
  muted: readonly string[];
  // One bit for every item; empty where all are lit.
  lit: Uint8Array;
  dimmed: "grey" | "faint";
  opacity: number;
}

export interface Painted {
  rgba: Uint8Array;
  // Dim items first; null where the order of the items does.
  order: Uint32Array | null;
  // Where in the order the lit ones begin.
  split: number;
  // Whether so few are lit that they are worth a larger mark.
  few: boolean;
}

export function rgbaOf(color: string, alpha: number): number {
  const value = Number.parseInt(color.slice(1), 16);
  const [r, g, b] = [value >> 16, (value >> 8) & 255, value & 255];
  return ((Math.round(alpha * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export function paint({ codes, colors, muted, lit, dimmed, opacity }: Painting): Painted {
  const n = codes.length;
  const mutedCodes = new Set(muted.map(Number));
  const grey = rgbaOf(CONTEXT, opacity * 0.5);
  const full = new Uint32Array(Math.max(colors.length, 1)).fill(grey);
  const dim = new Uint32Array(Math.max(colors.length, 1)).fill(grey);
  const dark = new Uint8Array(Math.max(colors.length, 1));
  colors.forEach((color, code) => {
    if (mutedCodes.has(code)) {
      dark[code] = 1;
      return;
    }
    full[code] = rgbaOf(color, GREYS.has(color) ? opacity * 0.6 : opacity);
    if (dimmed === "faint") dim[code] = rgbaOf(color, opacity * 0.22);
  });
  const words = new Uint32Array(n);
  const all = lit.length === 0;
  if (all && !mutedCodes.size && n <= MOST_SORTED) {
    const grey = new Set(colors.flatMap((color, code) => (GREYS.has(color) ? [code] : [])));
    if (grey.size) return greysFirst(codes, full, grey);
  }
  if (all && !mutedCodes.size) {
    for (let i = 0; i < n; i += 1) words[i] = full[codes[i]!]!;
    return { rgba: new Uint8Array(words.buffer), order: null, split: 0, few: false };
  }
  const order = new Uint32Array(n);
  let front = 0;
  let back = n;
  for (let i = 0; i < n; i += 1) {
    const code = codes[i]!;
    if (dark[code] || !(all || lit[i >> 3]! & (1 << (i & 7)))) {
      words[i] = dim[code]!;
      order[front] = i;
      front += 1;
    } else {
      words[i] = full[code]!;
      back -= 1;
      order[back] = i;
    }
  }
  return { rgba: new Uint8Array(words.buffer), order, split: front, few: !all && n - front < n / 3 };
}

// What belongs to no cluster lies below what does.
function greysFirst(codes: Uint8Array | Uint16Array, full: Uint32Array, grey: ReadonlySet<number>): Painted {
  const n = codes.length;
  const words = new Uint32Array(n);
  const order = new Uint32Array(n);
  const isGrey = new Uint8Array(full.length);
  for (const code of grey) isGrey[code] = 1;
  let split = 0;
  for (let i = 0; i < n; i += 1) if (isGrey[codes[i]!]) split += 1;
  let [front, back] = [0, split];
  for (let i = 0; i < n; i += 1) {
    const code = codes[i]!;
    words[i] = full[code]!;
    if (isGrey[code]) {
      order[front] = i;
      front += 1;
    } else {
      order[back] = i;
      back += 1;
    }
  }
  return { rgba: new Uint8Array(words.buffer), order, split, few: false };
}

// Diameter in pixels: 9 for a hundred items, 3 for a hundred thousand, never below 2.
export function pointSize(n: number): number {
  return Math.min(Math.max(13 - 2 * Math.log10(Math.max(n, 1)), 2), 9);
}

// How much of the ground an item hides: less where items lie over items.
export function opacityOf(n: number): number {
  return Math.min(Math.max(0.85 - 0.25 * (Math.log10(Math.max(n, 1)) - 4), 0.3), 0.85);
}
