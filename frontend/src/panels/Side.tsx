// Beside the map: the lenses on the slice, and under them the open item.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Board } from "../boards";
import { ItemBoard } from "../boards/item";
import { useApp } from "../state/context";
import { Button } from "../words/button";
import { Icon } from "../words/icons";
import { Tabs } from "./Tabs";

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
  const number = useSignal(0);
  useEffect(() => {
    number.value = crypto.getRandomValues(new Uint16Array(1))[0]!;
  }, []);
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
        <Tabs lenses={lenses} panel={panel} />
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
