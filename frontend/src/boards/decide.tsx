// The forms of decisions: a line to write in, a choice of clusters to merge with, the pieces of a split.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { ClusterRow } from "../state/facts";
import { Button, QUIET } from "../words/button";
import { Dot } from "../words/icons";
import { count } from "../words/numbers";
import { isOpen, matching } from "./clusterList";
import type { Deciding } from "./clusters";

const MOST_OFFERED = 7;
const [FEWEST_PIECES, MOST_PIECES] = [2, 8];

interface FieldProps {
  label: string;
  does: string;
  value?: string;
  list?: string;
  focus?: boolean;
  onDone: (words: string) => void;
}

export function Field({ label, does, value = "", list, focus = true, onDone }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  // Before anything is drawn: what is typed at once must not reach the keys of the list.
  useLayoutEffect(() => {
    if (!focus) return;
    input.current?.focus();
    input.current?.select();
  }, []);
  const done = () => {
    const words = input.current?.value.trim();
    if (words) onDone(words);
  };
  return (
    <form
      class="nx-field"
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
    >
      <input
        ref={input}
        class="nx-input"
        aria-label={label}
        placeholder={label}
        defaultValue={value}
        list={list}
        maxLength={200}
        autocomplete="off"
        dir="auto"
        {...QUIET}
        onKeyDown={(event) => {
          if (event.key !== "Escape") event.stopPropagation();
          if (event.key === "Enter") {
            event.preventDefault();
            done();
          }
        }}
      />
      <Button class="nx-button" onClick={done}>
        {does}
      </Button>
    </form>
  );
}

// The decided one keeps its name; of two alike the larger one.
function nameOf(rows: readonly ClusterRow[]): string {
  const [first] = [...rows].sort((a, b) => Number(isOpen(a)) - Number(isOpen(b)) || b.count - a.count);
  return first?.name ?? "";
}

export function MergeWith({ row, near, deciding }: { row: ClusterRow; near: string[]; deciding: Deciding }) {
  const { store } = useApp();
  const words = useSignal("");
  const at = useSignal(0);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  const others = store.facts.clusters.value.rows.slice(0, -1).filter(({ key }) => key !== row.key);
  const offered = matching(others, words.value, near).slice(0, MOST_OFFERED);
  const merge = (other: ClusterRow | undefined) => {
    if (other) deciding.decide("merge", { keys: [row.key, other.key], name: nameOf([row, other]) });
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") return;
    event.stopPropagation();
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) at.value = Math.min(Math.max(at.value + step, 0), offered.length - 1);
    else if (event.key === "Enter") merge(offered[at.value]);
    else return;
    event.preventDefault();
  };
  return (
    <div class="nx-merge">
      <input
        ref={input}
        class="nx-input"
        role="combobox"
        aria-label={`Merge ${row.name} with`}
        aria-expanded="true"
        aria-controls="nx-merge-list"
        aria-activedescendant={offered[at.value] ? `nx-merge-${offered[at.value]!.key}` : undefined}
        placeholder="Merge with … (nearest first)"
        autocomplete="off"
        {...QUIET}
        onKeyDown={key}
        onInput={(event) => {
          words.value = event.currentTarget.value;
          at.value = 0;
        }}
      />
      <div class="nx-merge-list" id="nx-merge-list" role="listbox" aria-label="Clusters to merge with">
        {offered.map((other, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are those of the field above
          <div
            key={other.key}
            id={`nx-merge-${other.key}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === at.value}
            onClick={() => merge(other)}
          >
            <Dot color={other.color} />
            <span class="nx-entry-name" dir="auto">
              {other.name}
            </span>
            <span class="nx-count">{count(other.count)}</span>
          </div>
        ))}
      </div>
      {!offered.length && <p class="nx-quiet">No cluster is called so.</p>}
    </div>
  );
}

interface Piece {
  name: string;
  size: number;
  ids: string[];
}

// What a split would make is seen before it is decided.
export function SplitPieces({ row, deciding }: { row: ClusterRow; deciding: Deciding }) {
  const { kernel, pictures } = useApp();
  const into = useSignal(2);
  const pieces = useSignal<Piece[] | null>(null);
  const problem = useSignal("");
  const button = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let stale = false;
    pieces.value = null;
    problem.value = "";
    kernel.ask("pieces", { key: row.key, into: into.value }).then(
      (answer) => {
        if (!stale) pieces.value = answer.pieces as Piece[];
      },
      (error) => {
        if (!stale) problem.value = (error as Error).message;
      },
    );
    return () => {
      stale = true;
    };
  }, [row.key, into.value]);
  // At once with the pieces, before a key can come: on the row, Enter would accept the cluster as it is.
  useLayoutEffect(() => {
    if (pieces.value) button.current?.querySelector("button")?.focus();
  }, [pieces.value]);
  const change = (by: number) => {
    into.value = Math.min(Math.max(into.value + by, FEWEST_PIECES), MOST_PIECES);
  };
  const key = (event: KeyboardEvent) => {
    const by =
      event.key === "+" || event.key === "ArrowRight" ? 1 : event.key === "-" || event.key === "ArrowLeft" ? -1 : 0;
    if (event.key === "Enter" || event.key === " ") event.stopPropagation();
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    change(by);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: plus and minus change the number of pieces
    <div class="nx-split" onKeyDown={key}>
      {problem.value && <p class="nx-problem">{problem.value}</p>}
      {!pieces.value && !problem.value && <p class="nx-quiet">Looking where it comes apart …</p>}
      {pieces.value?.map((piece) => (
        <div key={piece.name} class="nx-piece">
          <span class="nx-entry-name" dir="auto">
            {piece.name}
          </span>
          <span class="nx-count">{count(piece.size)}</span>
          <span class="nx-medoids" aria-hidden="true">
            {piece.ids.map((id) => (
              <Thumb key={id} item={{ id, title: "", modality: "image" }} pictures={pictures} />
            ))}
          </span>
        </div>
      ))}
      <div class="nx-decide" ref={button}>
        <Button
          class="nx-button"
          disabled={!pieces.value}
          onClick={() => deciding.decide("split", { key: row.key, into: into.value }, false)}
        >
          Split in {into.value}
        </Button>
        <Button
          class="nx-button"
          title="Fewer pieces (−)"
          disabled={into.value <= FEWEST_PIECES}
          onClick={() => change(-1)}
        >
          fewer
        </Button>
        <Button
          class="nx-button"
          title="More pieces (+)"
          disabled={into.value >= MOST_PIECES}
          onClick={() => change(1)}
        >
          more
        </Button>
      </div>
    </div>
  );
}

// Several clusters are ticked: one name makes them one label.
export function MergeTicked({ deciding }: { deciding: Deciding }) {
  const { store } = useApp();
  const ticked = store.facts.clusters.value.rows.filter(({ key }) => deciding.ticked.value.has(key));
  if (ticked.length < 2) return null;
  const keys = ticked.map(({ key }) => key);
  return (
    <div class="nx-ticked" role="group" aria-label="Ticked clusters">
      <span>
        {ticked.length} clusters, {count(ticked.reduce((sum, row) => sum + row.count, 0))} items
      </span>
      <Field
        key={keys.join()}
        label="Name of the label"
        value={nameOf(ticked)}
        does={`Merge ${ticked.length}`}
        focus={false}
        onDone={(name) => deciding.decide("merge", { keys, name })}
      />
    </div>
  );
}

// Items that are selected can go into a label, or get a tag.
export function SliceIntoLabel() {
  const { store, kernel } = useApp();
  const { kind, total, title } = store.facts.items.value;
  const { rows, unattached, read_only: readOnly } = store.facts.clusters.value;
  const input = useRef<HTMLInputElement>(null);
  // A cluster that was clicked is decided about in its card.
  if (readOnly || kind !== "selection" || !total || !title.endsWith(" selected")) return null;
  const names = [
    ...new Set([...rows.filter((row) => row.status && !isOpen(row)), ...unattached].map(({ name }) => name)),
  ];
  const act = (what: string, called: string) => async () => {
    const words = input.current?.value.trim();
    if (!words || !input.current) return input.current?.focus();
    await kernel.tell(what, { [called]: words });
    input.current.value = "";
  };
  return (
    <div class="nx-ticked" role="group" aria-label="Selected items">
      <span>{count(total)} selected</span>
      <div class="nx-field">
        <input
          ref={input}
          class="nx-input"
          list="nx-label-names"
          aria-label="Label or tag for the selected items"
          placeholder="label or tag"
          maxLength={200}
          autocomplete="off"
          {...QUIET}
          onKeyDown={(event) => event.key !== "Escape" && event.stopPropagation()}
        />
        <datalist id="nx-label-names">
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Button class="nx-button nx-move" onClick={act("move_slice", "name")}>
          Put into label
        </Button>
        <Button class="nx-button nx-tag-slice" onClick={act("tag_slice", "tag")}>
          Tag
        </Button>
      </div>
    </div>
  );
}
