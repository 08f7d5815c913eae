// The whole: above, the map and what is beside it, with a splitter between.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LENSES } from "../boards";
import { MapPanel } from "../map/Map";
import { useApp } from "../state/context";
import { QUIET } from "../words/button";
import { Headline, Message, Modalities, PythonBar, Search, SliceLine } from "./Head";
import { Side } from "./Side";

const [LEAST, MOST, USUAL] = [30, 75, 54];
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
  const full = isFull ? ({ popover: "manual" } as const) : {};
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape goes one step back, wherever the focus is
    <div
      class="nx"
      ref={root}
      data-full={isFull}
      {...full}
      onKeyDown={key}
      style={{ "--nx-height": `${store.facts.height.value}px`, "--nx-split": `${split.value}%` }}
    >
      <Headline />
      <div class="nx-controls">
        <Search />
        <Modalities />
      </div>
      <PythonBar />
      <Message />
      <SliceLine />
      <div class="nx-main" ref={main}>
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
    </div>
  );
}

function remembered(): number {
  try {
    const share = Number(localStorage.getItem(REMEMBERED));
    return share >= LEAST && share <= MOST ? share : USUAL;
  } catch {
    return USUAL;
  }
}
