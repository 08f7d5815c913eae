// Where the rows of the clusters lie, which of them are in view, and which comes next: without a page.

import type { ClusterRow, LargerCluster } from "../state/facts";

export const ROW_PX = 40;
export const HEAD_PX = 34;
const AHEAD_PX = 400;

export type Order = "size" | "doubt" | "open";

export interface Line {
  kind: "row" | "head";
  key: string;
  top: number;
  height: number;
  row?: ClusterRow;
  larger?: LargerCluster;
}

export const isOpen = (row: ClusterRow): boolean => row.status === "proposed";

// How much there is to doubt: a name that is true of few, or a cluster that does not come back.
const doubtOf = (row: ClusterRow): number => (row.score ? Number.parseFloat(row.score) : 101);

export function ordered(rows: readonly ClusterRow[], order: Order): ClusterRow[] {
  const clusters = rows.slice(0, -1);
  if (order === "doubt") clusters.sort((a, b) => doubtOf(a) - doubtOf(b));
  else if (order === "open") clusters.sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)));
  return [...clusters, ...rows.slice(-1)];
}

// Larger clusters are heads over the clusters that are parts of them; a part of none stands at the end.
export function lay(
  rows: readonly ClusterRow[],
  larger: readonly LargerCluster[],
  current: string,
  card: number,
): { lines: Line[]; height: number } {
  const lines: Line[] = [];
  let top = 0;
  const put = (line: Omit<Line, "top">) => {
    lines.push({ ...line, top });
    top += line.height + (line.kind === "row" && line.key === current ? card : 0);
  };
  if (larger.length) {
    const headOf = new Map(larger.flatMap((one, at) => one.of.map((key) => [key, at] as const)));
    const parts = larger.map((): ClusterRow[] => []);
    const alone: ClusterRow[] = [];
    for (const row of rows) (parts[headOf.get(row.key) ?? -1] ?? alone).push(row);
    larger.forEach((one, at) => {
      if (!parts[at]!.length) return;
      put({ kind: "head", key: `larger-${at}`, height: HEAD_PX, larger: one });
      for (const row of parts[at]!) put({ kind: "row", key: row.key, height: ROW_PX, row });
    });
    for (const row of alone) put({ kind: "row", key: row.key, height: ROW_PX, row });
  } else {
    for (const row of rows) put({ kind: "row", key: row.key, height: ROW_PX, row });
  }
  return { lines, height: top };
}

// The lines of which something lies between two heights, and those a little above and below.
export function inView(lines: readonly Line[], top: number, height: number): Line[] {
  const [from, to] = [top - AHEAD_PX, top + height + AHEAD_PX];
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.top + lines[middle]!.height < from) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < lines.length && lines[last]!.top <= to) last += 1;
  // The card hangs under its row: the line before the first one may reach into view with it.
  return lines.slice(Math.max(0, low - 1), last);
}

// The next row that nobody has decided, after this one and then from the top; this one where there is none.
export function nextOpen(keys: readonly { key: string; open: boolean }[], current: string): string {
  const at = keys.findIndex(({ key }) => key === current);
  const after = [...keys.slice(at + 1), ...keys.slice(0, Math.max(at, 0))];
  return after.find(({ open }) => open)?.key ?? current;
}

// Names that contain these words, the given ones first.
export function matching(rows: readonly ClusterRow[], words: string, near: readonly string[]): ClusterRow[] {
  const wanted = words.trim().toLocaleLowerCase();
  const place = new Map(near.map((key, at) => [key, at]));
  return rows
    .filter((row) => row.name.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => (place.get(a.key) ?? near.length) - (place.get(b.key) ?? near.length));
}
