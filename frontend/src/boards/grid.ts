// Which rows of a long grid are worth drawing.

export interface GridShape {
  columns: number;
  rows: number;
  rowHeight: number;
  height: number;
}

export const TILE = { least: 128, leastLow: 84, gap: 10, foot: 62 };
// A strip under an open item: tiles are small enough that a row of them is seen whole.
const LOW = 260;
const AHEAD = 2;

export function shapeOf(width: number, total: number, inView = Infinity): GridShape {
  const least = inView < LOW ? TILE.leastLow : TILE.least;
  const columns = Math.max(1, Math.floor((width + TILE.gap) / (least + TILE.gap)));
  const tile = (width - (columns - 1) * TILE.gap) / columns;
  const rowHeight = Math.round(tile * 0.72 + TILE.foot + TILE.gap);
  const rows = Math.ceil(total / columns);
  return { columns, rows, rowHeight, height: rows * rowHeight };
}

export function rowsInView(shape: GridShape, top: number, height: number): [number, number] {
  const first = Math.max(0, Math.floor(top / shape.rowHeight) - AHEAD);
  const last = Math.min(shape.rows, Math.ceil((top + height) / shape.rowHeight) + AHEAD);
  return [Math.min(first, shape.rows), last];
}
