// Beside the map: the lenses on the slice, and under them the open item.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Board } from "../boards";
import { ItemBoard } from "../boards/item";
import { useApp } from "../state/context";
import { Button } from "../words/button";
import { Icon } from "../words/icons";

const id = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36);

interface Props {
  lenses: readonly Board[];
  // Whether an open item is docked here.
  docks?: boolean;
}

export function Side({ lenses: all, docks = true }: Props) {
  const app = useApp();
  const { store } = app;
  const lenses = all.filter(({ when }) => when?.(app) ?? true);
  const tabs = useRef<HTMLDivElement>(null);
  const number = useSignal(0);
  useEffect(() => {
    number.value = crypto.getRandomValues(new Uint16Array(1))[0]!;
  }, []);
  const key = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = lenses.findIndex(({ name }) => name === store.lens.value);
    store.lens.value = lenses[(at + step + lenses.length) % lenses.length]!.name;
    requestAnimationFrame(() => tabs.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus());
  };
  const isOpen = docks && store.facts.inspected.value !== "";
  useEffect(() => {
    if (isOpen && store.sheet.value === "low") store.sheet.value = "half";
  }, [isOpen]);
  const shown = lenses.find(({ name }) => name === store.lens.value)!;
  const Board = shown.board;
  const panel = `nx-${id}-${number.value}`;
  return (
    <aside class="nx-side" data-open={isOpen} aria-label="Slice">
      <section class="nx-lens">
        <div class="nx-tabs" role="tablist" aria-label="Lenses" ref={tabs} onKeyDown={key}>
          {lenses.map(({ name, title }) => (
            <Button
              key={name}
              class="nx-tab"
              role="tab"
              id={`${panel}-${name}`}
              data-tab={name}
              aria-selected={store.lens.value === name}
              aria-controls={panel}
              tabIndex={store.lens.value === name ? 0 : -1}
              onClick={() => {
                store.lens.value = name;
                if (store.sheet.value === "low") store.sheet.value = "half";
              }}
            >
              {title}
            </Button>
          ))}
        </div>
        <span class="nx-sheet-steps">
          <Button
            label="Lower the sheet"
            class="nx-plain"
            disabled={store.sheet.value === "low"}
            onClick={() => {
              store.sheet.value = store.sheet.value === "high" ? "half" : "low";
            }}
          >
            <Icon name="down" />
          </Button>
          <Button
            label="Raise the sheet"
            class="nx-plain"
            disabled={store.sheet.value === "high"}
            onClick={() => {
              store.sheet.value = store.sheet.value === "low" ? "half" : "high";
            }}
          >
            <Icon name="up" />
          </Button>
        </span>
        <div
          class="nx-board"
          role="tabpanel"
          id={panel}
          aria-labelledby={`${panel}-${shown.name}`}
          data-lens={shown.name}
        >
          <Board />
        </div>
      </section>
      {isOpen && <ItemBoard />}
    </aside>
  );
}
