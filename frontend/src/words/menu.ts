// What opens the app's own menu, and what it is about.

import type { Tile } from "../state/facts";
import type { MenuOf, Store } from "../state/store";

// Where a menu opens: at the pointer, or under what has the focus where a key opened it.
export function menuSpot(event: MouseEvent): { x: number; y: number } {
  if (event.clientX || event.clientY) return { x: event.clientX, y: event.clientY };
  const box = (event.target as Element).getBoundingClientRect();
  return { x: box.left + 8, y: box.top + Math.min(box.height, 24) };
}

// Opens a menu unless Shift is held: that brings the browser's own.
export function opensMenu(event: MouseEvent, store: Store): boolean {
  if (event.shiftKey || !store.hasMenu) return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

export function itemMenu(item: Tile, spot: { x: number; y: number }): MenuOf {
  return {
    of: "item",
    target: item.id,
    title: item.title,
    cluster: String(item.code),
    clusterTitle: item.cluster,
    ...spot,
  };
}
