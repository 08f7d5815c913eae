// Learn a concept: mark a few items that are like it and a few that are not; the rest is ranked, and kept as a tag.

import "./concept.css";
import { type Signal, signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { Tile } from "../state/facts";
import type { Store } from "../state/store";
import { Button, QUIET } from "../words/button";
import { count } from "../words/numbers";
import { Field } from "./decide";
import { ItemTile } from "./tile";

export interface Concept {
  tags: [string, number][];
  read_only: boolean;
}

declare module "../state/facts" {
  interface BoardFacts {
    concept: Concept;
  }
}

export type Side = "like" | "unlike";
export type Marks = ReadonlyMap<string, { side: Side; tile?: Tile }>;

const ALL = new WeakMap<Store, Signal<Marks>>();

// The marks of an app: from the menus of items too, whatever lens is open.
export function marksOf(store: Store): Signal<Marks> {
  let marks = ALL.get(store);
  if (!marks) {
    marks = signal<Marks>(new Map());
    ALL.set(store, marks);
  }
  return marks;
}

export function markAs(store: Store, side: Side, items: readonly { id: string; tile?: Tile }[]): void {
  const marks = marksOf(store);
  const next = new Map(marks.value);
  for (const { id, tile } of items) next.set(id, { side, ...(tile ? { tile } : {}) });
  marks.value = next;
}

interface Learnt {
  ranked: Tile[];
  unsure: Tile[];
  count: number;
}

const MOST_OF_SLICE = 50;

export function ConceptBoard() {
  const { store, kernel } = useApp();
  const { tags, read_only: readOnly } = store.facts.concept.value;
  const marks = marksOf(store);
  const learnt = useSignal<Learnt | null>(null);
  const least = useSignal(50);
  const problem = useSignal("");
  const kept = useSignal("");
  const asked = useRef(0);
  const ids = (side: Side) => [...marks.value].filter(([, mark]) => mark.side === side).map(([id]) => id);
  const like = ids("like");
  const unlike = ids("unlike");
  const wanted = { like, unlike, at_least: least.value / 100 };
  const isReady = like.length > 0;

  useEffect(() => {
    asked.current += 1;
    const turn = asked.current;
    problem.value = "";
    if (!isReady) {
      learnt.value = null;
      return;
    }
    kernel.ask("learn", wanted).then(
      (answer) => {
        if (turn === asked.current) learnt.value = answer as unknown as Learnt;
      },
      (error) => {
        if (turn === asked.current) problem.value = (error as Error).message;
      },
    );
  }, [marks.value, least.value]);
  // What came from a menu is known by its id alone: its tile is asked for.
  useEffect(() => {
    const bare = [...marks.value].filter(([, mark]) => !mark.tile).map(([id]) => id);
    if (!bare.length) return;
    kernel.ask("examples", { ids: bare }).then(
      ({ tiles }) => {
        const next = new Map(marks.value);
        for (const tile of tiles as Tile[]) {
          const mark = next.get(tile.id);
          if (mark) next.set(tile.id, { ...mark, tile });
        }
        marks.value = next;
      },
      () => undefined,
    );
  }, [marks.value]);

  const mark = (side: Side, tiles: readonly Tile[]) =>
    markAs(
      store,
      side,
      tiles.map((tile) => ({ id: tile.id, tile })),
    );
  const unmark = (id: string) => {
    const next = new Map(marks.value);
    next.delete(id);
    marks.value = next;
  };
  const { inspected, items } = store.facts;
  const slice = items.value.kind === "selection" && items.value.total <= MOST_OF_SLICE ? items.value.total : 0;
  const markSlice = async (side: Side) => {
    const { tiles } = await kernel.ask("examples", { ids: [] });
    mark(side, tiles as Tile[]);
  };
  const keep = async (tag: string) => {
    const answer = await kernel.ask("keep_concept", { ...wanted, tag }).catch(() => null);
    if (answer) kept.value = `${count(answer.count as number)} items have the tag “${tag}”. Undo takes it back.`;
  };
  return (
    <div class="nx-concept">
      <p class="nx-quiet">
        Mark a few items that are like what you look for, and a few that are not. All others are ranked by them, and lit
        on the map.
      </p>
      {(["like", "unlike"] as const).map((side) => (
        <div key={side} class="nx-marks">
          <h3 class="nx-small-head">{side === "like" ? "+ like it" : "− not it"}</h3>
          {[...marks.value]
            .filter(([, one]) => one.side === side)
            .map(([id, { tile }]) => (
              <Marked key={id} id={id} side={side} tile={tile} onRemove={() => unmark(id)} />
            ))}
          {inspected.value && (
            <Button class="nx-button" onClick={() => markAs(store, side, [{ id: inspected.value }])}>
              {side === "like" ? "+" : "−"} the open item
            </Button>
          )}
          {slice > 0 && (
            <Button class="nx-button" onClick={() => markSlice(side)}>
              {side === "like" ? "+" : "−"} the {count(slice)} selected
            </Button>
          )}
          {!inspected.value && !slice && !ids(side).length && (
            <span class="nx-quiet">Open an item, or select some, to mark them.</span>
          )}
        </div>
      ))}
      {marks.value.size > 0 && (
        <p>
          <Button
            class="nx-link"
            onClick={() => {
              marks.value = new Map();
              kernel.tell("clear");
            }}
          >
            Take all marks away
          </Button>
        </p>
      )}
      {problem.value && <p class="nx-problem">{problem.value}</p>}
      {learnt.value && (
        <>
          <Ranked
            title="A mark says most about these"
            tiles={learnt.value.unsure}
            onMark={(side, tile) => mark(side, [tile])}
          />
          <Ranked title="Most like it" tiles={learnt.value.ranked} onMark={(side, tile) => mark(side, [tile])} />
          <div class="nx-concept-keep">
            <label>
              <span>
                {count(learnt.value.count)} items score {least.value}% or more
              </span>
              <input
                type="range"
                class="nx-slider"
                aria-label="Score from which on an item is like it"
                min={5}
                max={95}
                step={5}
                value={least.value}
                {...QUIET}
                onKeyDown={(e) => e.stopPropagation()}
                onInput={(e) => {
                  least.value = Number(e.currentTarget.value);
                }}
              />
            </label>
            <Button class="nx-button nx-take-concept" onClick={() => kernel.tell("take_concept", wanted)}>
              Select them
            </Button>
            {!readOnly && <Field label="Keep as a tag" does="Keep" focus={false} onDone={keep} />}
            {kept.value && (
              <span class="nx-quiet" role="status">
                {kept.value}
              </span>
            )}
          </div>
        </>
      )}
      {tags.length > 0 && (
        <section aria-label="Tags">
          <h3 class="nx-small-head">Tags</h3>
          <p class="nx-tags">
            {tags.map(([tag, n]) => (
              <span key={tag} class="nx-tag">
                <Button class="nx-link" dir="auto" onClick={() => kernel.tell("choose_tag", { tag })}>
                  {tag}
                </Button>{" "}
                <span class="nx-count">{count(n)}</span>
                {!readOnly && (
                  <Button
                    class="nx-untag"
                    aria-label={`Take the tag ${tag} from all items`}
                    onClick={() => kernel.tell("untag_all", { tag })}
                  >
                    ×
                  </Button>
                )}
              </span>
            ))}
          </p>
        </section>
      )}
    </div>
  );
}

interface MarkedProps {
  id: string;
  side: Side;
  tile: Tile | undefined;
  onRemove: () => void;
}

function Marked({ id, side, tile, onRemove }: MarkedProps) {
  const { pictures } = useApp();
  return (
    <span class="nx-marked" data-side={side} data-id={id} title={tile?.title ?? ""}>
      <Thumb item={{ id, title: tile?.title ?? "", modality: tile?.modality ?? "image" }} pictures={pictures} />
      <Button class="nx-unmark" aria-label={`Take the mark of ${tile?.title ?? "this item"} away`} onClick={onRemove}>
        ×
      </Button>
    </span>
  );
}

interface RankedProps {
  title: string;
  tiles: readonly Tile[];
  onMark: (side: Side, tile: Tile) => void;
}

function Ranked({ title, tiles, onMark }: RankedProps) {
  if (!tiles.length) return null;
  const key = (tile: Tile) => (event: KeyboardEvent) => {
    const side = event.key === "+" || event.key === "=" ? "like" : event.key === "-" ? "unlike" : null;
    if (!side) return;
    event.preventDefault();
    event.stopPropagation();
    onMark(side, tile);
  };
  return (
    <section aria-label={title}>
      <h3 class="nx-small-head">{title}</h3>
      <div class="nx-concept-tiles" role="list">
        {tiles.map((tile) => (
          <div key={tile.id} role="listitem" onKeyDown={key(tile)}>
            <ItemTile item={tile} />
            <span class="nx-plus-minus">
              <Button aria-label={`${tile.title} is like it`} title="Like it (+)" onClick={() => onMark("like", tile)}>
                +
              </Button>
              <Button aria-label={`${tile.title} is not it`} title="Not it (−)" onClick={() => onMark("unlike", tile)}>
                −
              </Button>
            </span>
          </div>
        ))}
      </div>
    </section>
  );
}
