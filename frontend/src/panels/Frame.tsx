// The whole: above, the map and what is beside it, with a splitter between.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LENSES } from "../boards";
import { MapPanel } from "../map/Map";
import { useApp } from "../state/context";
import { QUIET } from "../words/button";
import { Headline, Message, Modalities, PythonBar, Search, SliceLine } from "./Head";
import { Menu } from "./Menu";
import { Side } from "./Side";

const [LEAST, MOST, USUAL] = [30, 75, 54];
// Least height of the map, and what stands above it and around the app, in pixels.
const [LOWEST, AROUND] = [340, 240];
const REMEMBERED = "nova-explore.split";

export function Frame() {
  const { store, kernel } = useApp();
  const split = useSignal(remembered());
  const main = useRef<HTMLDivElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const isFull = store.full.value;
  useEffect(() => {
    // What a notebook puts around the app would keep it in its cell.
    const el = root.current;
    if (!isFull || !el) return;
    el.showPopover();
    return () => el.hidePopover();
  }, [isFull]);
  const key = (event: KeyboardEvent) => {
    const typing = (event.target as HTMLElement).closest("input, textarea, select");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) {
      event.preventDefault();
      event.stopPropagation();
      kernel.tell(event.shiftKey ? "redo" : "undo");
      return;
    }
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    if (store.facts.inspected.value) kernel.tell("inspect", { id: "" });
    else if (store.facts.items.value.kind !== "typical") kernel.tell("clear");
    else if (isFull) store.full.value = false;
  };
  const drag = (event: PointerEvent) => {
    const box = main.current?.getBoundingClientRect();
    if (!event.buttons || !box) return;
    settle(((event.clientX - box.x) / box.width) * 100);
  };
  const settle = (share: number) => {
    split.value = Math.min(Math.max(share, LEAST), MOST);
    try {
      localStorage.setItem(REMEMBERED, String(Math.round(split.value)));
    } catch {
      // A page without storage remembers nothing.
    }
  };
  const splitKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowLeft" ? -3 : event.key === "ArrowRight" ? 3 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    settle(split.value + step);
  };
  const height = useSignal(roomFor(store.facts.height.value));
  useEffect(() => {
    const measure = () => {
      height.value = roomFor(store.facts.height.value);
    };
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, [store.facts.height.value]);
  const full = isFull ? ({ popover: "manual" } as const) : {};
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape goes one step back, wherever the focus is
    <div
      class="nx"
      ref={root}
      data-full={isFull}
      data-bare={store.facts.bare.value}
      {...full}
      onKeyDown={key}
      style={{ "--nx-height": `${height.value}px`, "--nx-split": `${split.value}%` }}
    >
      <Headline />
      <div class="nx-controls">
        <Search />
        <Modalities />
      </div>
      <PythonBar />
      <Message />
      <SliceLine />
      <div class="nx-main" ref={main} data-sheet={store.sheet.value}>
        <MapPanel />
        <div
          class="nx-splitter"
          role="separator"
          aria-orientation="vertical"
          aria-label="Width of the map"
          aria-valuemin={LEAST}
          aria-valuemax={MOST}
          aria-valuenow={Math.round(split.value)}
          tabIndex={0}
          {...QUIET}
          onKeyDown={splitKey}
          onPointerDown={(e) => e.currentTarget.setPointerCapture(e.pointerId)}
          onPointerMove={drag}
        />
        <Side lenses={LENSES} />
      </div>
      <Menu />
    </div>
  );
}

// The map's height, so that map and items are seen together in the window. In a frame of its own, whose height follows
// from what is in it, the screen says how much there is.
function roomFor(wanted: number): number {
  const seen = window.self === window.top ? innerHeight : screen.availHeight;
  return Math.min(wanted, Math.max(LOWEST, seen - AROUND));
}

function remembered(): number {
  try {
    const share = Number(localStorage.getItem(REMEMBERED));
    return share >= LEAST && share <= MOST ? share : USUAL;
  } catch {
    return USUAL;
  }
}
