// The app inside a page that nobody answers but itself: the map and the slice; on a phone the items come first.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ColumnsBoard } from "../boards/columns";
import { ItemBoard } from "../boards/item";
import { ItemsBoard } from "../boards/items";
import { MapPanel } from "../map/Map";
import { Message, Modalities, SliceLine } from "../panels/Head";
import { Side } from "../panels/Side";
import { useApp } from "../state/context";
import { useFocusBack } from "../words/focus";
import type { Answers } from "./answers";
import { PageClusters } from "./PageClusters";
import { PageSearch } from "./PageSearch";
import { TakeAway } from "./TakeAway";

const LENSES = [
  { name: "items", title: "Items", board: ItemsBoard },
  { name: "clusters", title: "Clusters", board: PageClusters },
  { name: "columns", title: "Colours", board: ColumnsBoard },
] as const;
const NARROW = "(max-width: 719px)";

export function PageFrame({ answers, name }: { answers: Answers; name: string }) {
  const { store, kernel } = useApp();
  const narrow = useSignal(matchMedia(NARROW).matches);
  useEffect(() => {
    const list = matchMedia(NARROW);
    const heard = () => {
      narrow.value = list.matches;
    };
    list.addEventListener("change", heard);
    return () => list.removeEventListener("change", heard);
  }, []);
  const key = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (store.facts.inspected.value) kernel.tell("inspect", { id: "" });
    else if (store.facts.items.value.kind !== "typical") kernel.tell("clear");
  };
  const isNarrow = narrow.value;
  const map = <MapPanel key="map" />;
  const side = <Side key="side" lenses={LENSES} docks={!isNarrow} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape goes one step back, wherever the focus is
    <div
      class="nx nx-page"
      data-narrow={isNarrow}
      onKeyDown={key}
      style={{ "--nx-height": `${store.facts.height.value}px` }}
    >
      <div class="nx-controls">
        <PageSearch />
        <Modalities />
      </div>
      <Message />
      <div class="nx-page-slice">
        <SliceLine />
        <TakeAway answers={answers} name={name} />
      </div>
      <div class="nx-main">{isNarrow ? [side, map] : [map, side]}</div>
      {isNarrow && store.facts.inspected.value && <Sheet />}
    </div>
  );
}

// On a phone an open item fills the screen.
function Sheet() {
  const { kernel } = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  useFocusBack(dialog);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog class="nx nx-sheet" ref={dialog} aria-label="Item" onClose={() => kernel.tell("inspect", { id: "" })}>
      <ItemBoard />
    </dialog>
  );
}
