// The tabs of the lenses; the boards share one, and have a row of their own under it while one of them is shown.

import { useRef } from "preact/hooks";
import type { Board } from "../boards";
import { useApp } from "../state/context";
import { Button } from "../words/button";

const BOARDS = "boards";

interface Tab {
  name: string;
  title: string;
}

export function Tabs({ lenses, panel }: { lenses: readonly Board[]; panel: string }) {
  const { store } = useApp();
  const shelf = lenses.filter(({ shelved }) => shelved);
  const lens = store.lens.value;
  const last = useRef(shelf[0]?.name);
  const isShelved = shelf.some(({ name }) => name === lens);
  if (isShelved) last.current = lens as Board["name"];
  const show = (name: string) => {
    store.lens.value = name === BOARDS ? last.current! : (name as Board["name"]);
    if (store.sheet.value === "low") store.sheet.value = "half";
  };
  const first: Tab[] = lenses.filter(({ shelved }) => !shelved);
  if (shelf.length > 0) first.splice(-1, 0, { name: BOARDS, title: "Boards" });
  return (
    <>
      <Row label="Lenses" tabs={first} selected={isShelved ? BOARDS : lens} panel={panel} show={show} />
      {isShelved && <Row label="Boards" tabs={shelf} selected={lens} panel={panel} show={show} />}
    </>
  );
}

interface RowProps {
  label: string;
  tabs: readonly Tab[];
  selected: string;
  panel: string;
  show: (name: string) => void;
}

function Row({ label, tabs, selected, panel, show }: RowProps) {
  const row = useRef<HTMLDivElement>(null);
  const key = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex(({ name }) => name === selected);
    show(tabs[(at + step + tabs.length) % tabs.length]!.name);
    requestAnimationFrame(() => row.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus());
  };
  return (
    <div class="nx-tabs" role="tablist" aria-label={label} data-row={label.toLowerCase()} ref={row} onKeyDown={key}>
      {tabs.map(({ name, title }) => (
        <Button
          key={name}
          class="nx-tab"
          role="tab"
          id={`${panel}-${name}`}
          data-tab={name}
          aria-selected={selected === name}
          aria-controls={panel}
          tabIndex={selected === name ? 0 : -1}
          onClick={() => show(name)}
        >
          {title}
        </Button>
      ))}
    </div>
  );
}
