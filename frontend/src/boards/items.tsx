// The items of the slice: a grid of which only what is in view is drawn.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../state/context";
import type { Tile } from "../state/facts";
import { QUIET } from "../words/button";
import { focused } from "../words/focus";
import { besideOf, itemsInView, shapeOf, spotOf } from "./grid";
import { ItemTile } from "./tile";

const PAGE = 48;

export function ItemsBoard() {
  const { store, kernel } = useApp();
  const { serial, total, title, kind, sections } = store.facts.items.value;
  const scroll = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  const top = useSignal(0);
  const at = useSignal(0);
  const pages = useSignal<{ serial: number; tiles: Map<number, Tile[]> }>({ serial: -1, tiles: new Map() });
  const asked = useRef<Set<string>>(new Set());

  useLayoutEffect(() => {
    const el = scroll.current!;
    const measure = () => {
      size.value = { width: el.clientWidth - 4, height: el.clientHeight };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    measure();
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    asked.current.clear();
    pages.value = { serial, tiles: new Map() };
    if (scroll.current) scroll.current.scrollTop = 0;
    top.value = 0;
    at.value = 0;
  }, [serial]);

  const shape = shapeOf(size.value.width, total, size.value.height, sections);
  const [from, to] = size.value.width ? itemsInView(shape, top.value, size.value.height) : [0, 0];
  useEffect(() => {
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) {
      const key = `${serial}.${page}`;
      if (asked.current.has(key)) continue;
      asked.current.add(key);
      kernel.ask("tiles", { serial, start: page * PAGE }).then(
        ({ tiles }) => {
          if (pages.value.serial !== serial) return;
          pages.value = { serial, tiles: new Map(pages.value.tiles).set(page, tiles as Tile[]) };
        },
        () => asked.current.delete(key),
      );
    }
  }, [serial, from, to]);

  const tileAt = (row: number) =>
    pages.value.serial === serial ? pages.value.tiles.get(Math.floor(row / PAGE))?.[row % PAGE] : undefined;
  const move = (event: KeyboardEvent) => {
    const places: Record<string, number> = {
      ArrowLeft: at.value - 1,
      ArrowRight: at.value + 1,
      ArrowUp: besideOf(shape, at.value, -1),
      ArrowDown: besideOf(shape, at.value, 1),
      Home: 0,
      End: total - 1,
    };
    const place = places[event.key];
    if (place === undefined || !total) return;
    event.preventDefault();
    event.stopPropagation();
    at.value = Math.min(Math.max(place, 0), total - 1);
    const el = scroll.current!;
    const y = spotOf(shape, at.value).top;
    if (y < el.scrollTop || y + shape.rowHeight > el.scrollTop + el.clientHeight) el.scrollTop = y;
    requestAnimationFrame(() => el.querySelector<HTMLElement>(`[data-row="${at.value}"] .nx-tile`)?.focus());
  };
  // A tile that goes while it has the focus leaves it to the list, and the list to its next tile: keys go on.
  const list = useRef<HTMLDivElement>(null);
  const hadFocus = list.current?.contains(focused());
  useLayoutEffect(() => {
    if (!hadFocus || (list.current!.contains(focused()) && focused() !== list.current)) return;
    const tile = list.current!.querySelector<HTMLElement>(`[data-row="${at.value}"] button.nx-tile`);
    (tile ?? list.current!).focus({ preventScroll: true });
  });
  const open = store.facts.inspected.value;
  const cells = [];
  for (let row = from; row < to; row += 1) {
    const tile = tileAt(row);
    const spot = spotOf(shape, row);
    const style = {
      top: `${spot.top}px`,
      left: `${(spot.column * 100) / shape.columns}%`,
      width: `calc(${100 / shape.columns}% - ${shape.columns > 1 ? 8 : 0}px)`,
      height: `${shape.rowHeight - 10}px`,
    };
    cells.push(
      <div
        key={row}
        class="nx-cell"
        role="listitem"
        data-row={row}
        style={style}
        aria-posinset={row + 1}
        aria-setsize={total}
        onFocusCapture={() => {
          at.value = row;
        }}
      >
        {tile ? (
          <ItemTile item={tile} tabIndex={row === at.value ? 0 : -1} isOpen={tile.id === open} />
        ) : (
          <div class="nx-tile nx-empty" />
        )}
      </div>,
    );
  }
  return (
    <div class="nx-items">
      {kind === "typical" && <h3 class="nx-board-title">{title}</h3>}
      <div
        class="nx-scroll"
        ref={scroll}
        onScroll={(e) => {
          top.value = e.currentTarget.scrollTop;
        }}
      >
        <div class="nx-grid" style={{ height: `${shape.height}px` }}>
          {shape.parts.map(
            ({ title, head }) =>
              title && (
                <h3 key={title} class="nx-section" style={{ top: `${head}px` }}>
                  {title}
                </h3>
              ),
          )}
          <div class="nx-tiles" ref={list} role="list" tabIndex={-1} aria-label={title} onKeyDown={move} {...QUIET}>
            {cells}
          </div>
        </div>
        {!total && kind !== "typical" && <p class="nx-quiet">No item is in this slice.</p>}
      </div>
    </div>
  );
}
