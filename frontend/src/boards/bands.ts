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
