// The map in its frame: canvas, overlay, tools, hover card, and what is said over it.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Recent } from "../kernel/recent";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { MapName, Tile } from "../state/facts";
import type { Tool } from "../state/store";
import { Button, QUIET } from "../words/button";
import { Dot, Icon } from "../words/icons";
import { itemMenu, menuSpot, opensMenu } from "../words/menu";
import { count } from "../words/numbers";
import { Contours } from "./contours";
import { Gestures } from "./gestures";
import { nextSpot } from "./keys";
import { Overlay } from "./overlay";
import { Thumbnails } from "./thumbnails";
import { MapView } from "./view";

const CARDS_KEPT = 2000;
const TOOLS: [Tool, string][] = [
  ["pan", "Move and zoom"],
  ["lasso", "Lasso"],
  ["box", "Box"],
];
const HINT_MS = 1800;
// Items in view among which keys step; of more, none can be told from the next.
const MOST_STEPPED = 3000;

interface Card {
  item: Tile;
  x: number;
  y: number;
}

const PLAIN = {
  none: "This browser has no WebGL: the map is drawn without it, and many items move slowly.",
  lost: "The graphics card let go of the map: it is drawn without it from now on.",
};

export function MapPanel() {
  const { store, kernel, pictures } = useApp();
  const { facts } = store;
  const [stage, over, trace] = [
    useRef<HTMLDivElement>(null),
    useRef<HTMLDivElement>(null),
    useRef<SVGPathElement>(null),
  ];
  const card = useSignal<Card | null>(null);
  const plain = useSignal<"none" | "lost" | null>(null);
  const hint = useSignal(false);
  const said = useSignal("");
  const view = useRef<{ map: MapView; overlay: Overlay; cardOf: (item: number) => Promise<Tile | null> } | null>(null);

  useEffect(() => {
    const map = new MapView(stage.current!, store, (why) => {
      plain.value = why;
    });
    const overlay = new Overlay(
      over.current!,
      map,
      store,
      (level, cluster) =>
        level === "cluster"
          ? kernel.tell("choose_cluster", { key: String(cluster) })
          : kernel.tell("choose_named", { level, cluster }),
      async (level) => (await kernel.ask("names_at", { level })).names as MapName[],
      (id) => pictures.url(id),
    );
    const contours = new Contours(map);
    const thumbnails = new Thumbnails(over.current!, map, store, pictures, async (positions) => {
      const answer = await kernel.ask("ids_at", { positions });
      return answer.ids as string[];
    });
    const cards = new Recent<number, Tile>(CARDS_KEPT);
    let hovered: number | null = null;
    let hintTimer: ReturnType<typeof setTimeout> | undefined;
    const hover = async (item: number | null) => {
      hovered = item;
      card.value = null;
      if (item === null) return;
      const told = await (coming?.item === item ? coming.told : cardOf(item));
      // The pointer may have moved on while Python answered.
      if (!told || hovered !== item) return;
      const [x, y] = map.spot(item) ?? [0, 0];
      card.value = { item: told, x, y };
      kernel.tell("hover", { position: item });
    };
    const cardOf = async (item: number) => {
      const told =
        cards.get(item) ?? ((await kernel.ask("look", { position: item }).catch(() => null)) as unknown as Tile | null);
      if (told) cards.set(item, told);
      return told;
    };
    // Asked for anew each time that the pointer comes: an answer that was lost is missed once.
    let coming: { item: number; told: Promise<Tile | null> } | null = null;
    const approach = (item: number) => {
      coming = { item, told: cardOf(item) };
    };
    const menu = async (item: number | null, event: MouseEvent) => {
      if (!opensMenu(event, store)) return;
      const spot = menuSpot(event);
      const told = item === null ? null : await cardOf(item);
      store.menu.value = told ? itemMenu(told, spot) : { of: "map", target: "", title: "", ...spot };
    };
    const forget = facts.clusters.subscribe(() => cards.clear());
    const gestures = new Gestures(stage.current!, trace.current!, map, store, {
      approach,
      hover,
      menu,
      pick: (data, packed) => kernel.tell("pick", { packed }, data),
      hint: () => {
        hint.value = true;
        clearTimeout(hintTimer);
        hintTimer = setTimeout(() => {
          hint.value = false;
        }, HINT_MS);
      },
    });
    const quiet = map.onDraw(() => {
      if (card.value && !map.spot(card.value.item.position)) card.value = null;
    });
    view.current = { map, overlay, cardOf };
    return () => {
      clearTimeout(hintTimer);
      forget();
      quiet();
      gestures.close();
      thumbnails.close();
      contours.close();
      overlay.close();
      map.close();
    };
  }, [store, kernel]);

  const at = useRef<number | null>(null);
  const atItem = useRef<string | null>(null);
  const key = (event: KeyboardEvent) => {
    const { map, overlay } = view.current ?? {};
    if (!map || !overlay || event.target !== event.currentTarget) return;
    const keys: Record<string, () => void> = {
      "+": () => map.zoom(1.4),
      "=": () => map.zoom(1.4),
      "-": () => map.zoom(1 / 1.4),
      "0": () => map.reset(),
    };
    if (atItem.current !== null) keys.Enter = () => kernel.tell("inspect", { id: atItem.current! });
    else if (at.current !== null) keys.Enter = () => kernel.tell("choose_cluster", { key: String(at.current) });
    const go = event.shiftKey ? () => toItem(event.key, map) : () => toName(event.key, map, overlay);
    const act = keys[event.key] ?? (event.key.startsWith("Arrow") ? go : null);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  // With Shift, from item to item: of those that are lit and in view, the nearest in the direction.
  const toItem = async (key: string, map: MapView) => {
    const from = card.value ?? { x: map.room.width / 2, y: map.room.height / 2 };
    const spots = (map.inView(MOST_STEPPED) ?? [])
      .filter((item) => item !== card.value?.item.position && map.isLit(item))
      .map((item) => ({ item, x: map.spot(item)![0], y: map.spot(item)![1] }));
    const next = nextSpot(key, from, spots);
    const told = next && (await view.current?.cardOf(next.item));
    if (!told || !next) {
      if (!spots.length) said.value = "Nearer in, Shift and an arrow go from item to item";
      return;
    }
    card.value = { item: told, x: next.x, y: next.y };
    atItem.current = told.id;
    said.value = `${told.title}, ${told.modality}, ${told.cluster}`;
  };
  const toName = (key: string, map: MapView, overlay: Overlay) => {
    const names = overlay.shown;
    const here = names.find(({ cluster }) => cluster === at.current) ?? {
      x: map.room.width / 2,
      y: map.room.height / 2,
    };
    const next = nextSpot(key, here, names);
    if (!next) return;
    at.current = next.cluster;
    atItem.current = null;
    card.value = null;
    overlay.point(next.cluster);
    const row = facts.clusters.value.rows.find(({ key }) => key === String(next.cluster));
    const found = facts.clusters.value.stability.clusters?.[String(next.cluster)];
    said.value = [next.text, row ? `${count(row.count)} items` : "", found?.reading ?? ""].filter(Boolean).join(", ");
  };

  const off = facts.modalities.value.length > 0 && facts.shown_modalities.value.length === 0;
  return (
    <div
      class="nx-map"
      role="group"
      aria-label="Map of all items: arrows go from name to name, with Shift from item to item, Enter opens, plus and minus zoom"
      tabIndex={0}
      onKeyDown={key}
      {...QUIET}
    >
      <div class="nx-stage" ref={stage}>
        <svg class="nx-trace" aria-hidden="true">
          <path ref={trace} />
        </svg>
      </div>
      <div class="nx-overlay" ref={over} aria-hidden="true" />
      <div class="nx-tools" role="toolbar" aria-label="Map tools">
        {TOOLS.map(([tool, label]) => (
          <Button
            key={tool}
            label={label}
            class="nx-tool"
            data-tool={tool}
            aria-pressed={store.tool.value === tool}
            onClick={() => {
              store.tool.value = tool;
            }}
          >
            <Icon name={tool} />
          </Button>
        ))}
        <Button label="Nearer" class="nx-tool" data-tool="nearer" onClick={() => view.current?.map.zoom(1.5)}>
          <Icon name="plus" />
        </Button>
        <Button label="Farther" class="nx-tool" data-tool="farther" onClick={() => view.current?.map.zoom(1 / 1.5)}>
          <Icon name="minus" />
        </Button>
        <Button label="Show the whole map" class="nx-tool" data-tool="reset" onClick={() => view.current?.map.reset()}>
          <Icon name="reset" />
        </Button>
      </div>
      <div class="nx-says">
        {off && (
          <p class="nx-say" role="status">
            All modalities are off.{" "}
            <Button
              class="nx-link"
              onClick={() => kernel.tell("show_modalities", { names: facts.modalities.value.map(([name]) => name) })}
            >
              show all
            </Button>
          </p>
        )}
        {plain.value && (
          <p class="nx-say nx-nomap" role="status">
            {PLAIN[plain.value]}
          </p>
        )}
        {hint.value && (
          <p class="nx-say" aria-hidden="true">
            Click the map or hold Ctrl to zoom with the wheel
          </p>
        )}
        <Working />
      </div>
      <span class="nx-unseen" aria-live="polite">
        {said.value}
      </span>
      {card.value && <HoverCard card={card.value} room={view.current?.map.room ?? { width: 0, height: 0 }} />}
    </div>
  );

  function HoverCard({ card: { item, x, y }, room }: { card: Card; room: { width: number; height: number } }) {
    const wide = 190;
    const left = x + 16 + wide > room.width ? x - 16 - wide : x + 16;
    const style = { left: `${Math.max(4, left)}px`, top: `clamp(4px, ${y - 110}px, calc(100% - 250px))` };
    return (
      <div class="nx-card" role="tooltip" data-id={item.id} style={style}>
        {item.words ? (
          <div class="nx-card-words" dir="auto">
            {item.words}
          </div>
        ) : (
          <Thumb item={item} pictures={pictures} />
        )}
        <div class="nx-card-title" dir="auto">
          {item.title}
        </div>
        <div class="nx-card-kind">
          <Icon name={item.modality} />
          {[item.modality, item.span].filter(Boolean).join(" · ")}
        </div>
        <div class="nx-card-cluster">
          <Dot color={facts.cluster_colors.value[item.code]} />
          {item.cluster}
        </div>
      </div>
    );
  }
}

// Seconds and no turning wheel: what moves all the time has the browser draw all the time, on the cores that compute.
function Working() {
  const { facts } = useApp().store;
  const seconds = useSignal(0);
  const working = facts.working.value;
  useEffect(() => {
    seconds.value = 0;
    if (!working) return;
    const since = performance.now();
    const timer = setInterval(() => {
      seconds.value = Math.round((performance.now() - since) / 1000);
    }, 1000);
    return () => clearInterval(timer);
  }, [working]);
  return (
    <div class="nx-working" role="status" hidden={!working}>
      {working}
      <span aria-hidden="true"> …{seconds.value ? ` ${seconds.value} s` : ""}</span>
    </div>
  );
}
