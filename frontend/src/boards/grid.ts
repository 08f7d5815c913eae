// Where the tiles of a long grid lie, section after section, and which of them are worth drawing.

import type { Section } from "../state/facts";

export interface GridShape {
  columns: number;
  rowHeight: number;
  height: number;
  parts: Part[];
}

// A section: where its heading and its first row lie, in pixels; a grid of one sort has one part and no heading.
export interface Part {
  title: string;
  start: number;
  count: number;
  head: number;
  top: number;
}

export const TILE = { least: 128, leastLow: 84, gap: 10, foot: 62, heading: 30 };
// A strip under an open item: tiles are small enough that a row of them is seen whole.
const LOW = 260;
const AHEAD = 2;

export function shapeOf(width: number, total: number, inView = Infinity, sections: readonly Section[] = []): GridShape {
  const least = inView < LOW ? TILE.leastLow : TILE.least;
  const columns = Math.max(1, Math.floor((width + TILE.gap) / (least + TILE.gap)));
  const tile = (width - (columns - 1) * TILE.gap) / columns;
  const rowHeight = Math.round(tile * 0.72 + TILE.foot + TILE.gap);
  const parts: Part[] = [];
  let head = 0;
  const told = sections.length ? sections : [{ title: "", start: 0 }];
  told.forEach(({ title, start }, i) => {
    const count = (told[i + 1]?.start ?? total) - start;
    const top = head + (title ? TILE.heading : 0);
    parts.push({ title, start, count, head, top });
    head = top + Math.ceil(count / columns) * rowHeight;
  });
  return { columns, rowHeight, height: head, parts };
}

function partOf(shape: GridShape, item: number): Part {
  return shape.parts.findLast(({ start }) => start <= item) ?? shape.parts[0]!;
}

export function spotOf(shape: GridShape, item: number): { top: number; column: number } {
  const { start, top } = partOf(shape, item);
  return {
    top: top + Math.floor((item - start) / shape.columns) * shape.rowHeight,
    column: (item - start) % shape.columns,
  };
}

// The item above or below one, also across a heading.
export function besideOf(shape: GridShape, item: number, rows: 1 | -1): number {
  const part = partOf(shape, item);
  const { column } = spotOf(shape, item);
  const next = item + rows * shape.columns;
  if (next >= part.start && next < part.start + part.count) return next;
  const last = (count: number) => Math.floor((count - 1) / shape.columns) * shape.columns;
  if (rows > 0 && item - part.start < last(part.count)) return part.start + part.count - 1;
  const other = shape.parts[shape.parts.indexOf(part) + rows];
  if (!other) return item;
  const row = rows > 0 ? 0 : last(other.count);
  return other.start + Math.min(row + column, other.count - 1);
}

// First item in view and the one after the last, with a few rows around.
export function itemsInView(shape: GridShape, top: number, height: number): [number, number] {
  const [low, high] = [top - AHEAD * shape.rowHeight, top + height + AHEAD * shape.rowHeight];
  let [from, to] = [Infinity, 0];
  for (const part of shape.parts) {
    const rows = Math.ceil(part.count / shape.columns);
    const first = Math.max(0, Math.floor((low - part.top) / shape.rowHeight));
    const last = Math.min(rows, Math.ceil((high - part.top) / shape.rowHeight));
    if (first >= last) continue;
    from = Math.min(from, part.start + first * shape.columns);
    to = Math.max(to, Math.min(part.start + last * shape.columns, part.start + part.count));
  }
  return from < to ? [from, to] : [0, 0];
}
