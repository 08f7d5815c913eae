// Where the clusters of a matrix lie along its edge, and which cell is under the pointer.

import type { Tile } from "../state/facts";

export interface Cluster {
  start: number;
  end: number;
  name: string;
  color: string;
  medoid: Tile;
}

export interface Band {
  cluster: Cluster;
  low: number;
  high: number;
}

// Of items `from` to `to`, drawn over `side` pixels.
export function bandsOf(clusters: readonly Cluster[], from: number, to: number, side: number): Band[] {
  const step = side / Math.max(to - from, 1);
  return clusters
    .filter(({ start, end }) => end > from && start < to)
    .map((cluster) => ({
      cluster,
      low: (Math.max(cluster.start, from) - from) * step,
      high: (Math.min(cluster.end, to) - from) * step,
    }));
}

export function cellAt(pixel: number, side: number, from: number, to: number): number {
  const cell = from + Math.floor((pixel / Math.max(side, 1)) * (to - from));
  return Math.min(Math.max(cell, from), to - 1);
}

export interface Cell {
  row: number;
  column: number;
}

const FAR = 10;

// Where a key leads from a cell, within the rows and columns that are shown; nothing where it is no such key.
export function moved({ row, column }: Cell, key: string, from: number, to: number, far = false): Cell | null {
  const step = far ? FAR : 1;
  const within = (place: number) => Math.min(Math.max(place, from), to - 1);
  const there: Record<string, Cell> = {
    ArrowUp: { row: within(row - step), column },
    ArrowDown: { row: within(row + step), column },
    ArrowLeft: { row, column: within(column - step) },
    ArrowRight: { row, column: within(column + step) },
    Home: { row, column: from },
    End: { row, column: to - 1 },
  };
  return there[key] ?? null;
}
