// Which name an arrow leads to: the nearest in its direction.

export interface Spot {
  x: number;
  y: number;
}

const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function nextSpot<S extends Spot>(key: string, from: Spot, spots: readonly S[]): S | null {
  const way = WAYS[key];
  if (!way) return null;
  let best: S | null = null;
  let least = Infinity;
  for (const spot of spots) {
    const [dx, dy] = [spot.x - from.x, spot.y - from.y];
    const along = dx * way[0] + dy * way[1];
    const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    if (along < 1) continue;
    const cost = along + 3 * aside;
    if (cost < least) [best, least] = [spot, cost];
  }
  return best;
}
