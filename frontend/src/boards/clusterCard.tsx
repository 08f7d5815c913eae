// The current cluster in full, under its row: what it could be called and why, its items, and what can be done.

import type { Signal } from "@preact/signals";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { ClusterRow } from "../state/facts";
import { Button } from "../words/button";
import { count } from "../words/numbers";
import type { Deciding } from "./clusters";
import { Field, MergeWith, SplitPieces } from "./decide";

export type Mode = "" | "rename" | "merge" | "split" | "tag" | "note";

export interface Small {
  id: string;
  title: string;
  modality: string;
  why?: string;
}

interface Card {
  key: string;
  said: string;
  mix: [string, number][];
  proposals: { name: string; score: string; why: string }[];
  medoids: Small[];
  borderline: Small[];
  near: string[];
  tags: [string, number][];
  notes: { text: string; by: string; when: string }[];
}

interface Props {
  row: ClusterRow;
  top: number;
  isLast: boolean;
  height: Signal<number>;
  deciding: Deciding;
}

export function ClusterCard({ row, top, isLast, height, deciding }: Props) {
  const { store, kernel } = useApp();
  const { mode, decide } = deciding;
  const card = useSignal<Card | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const readOnly = store.facts.clusters.value.read_only;
  const found = store.facts.clusters.value.stability.clusters?.[row.key];
  // A decision changes what the card says: it is asked for again with every change of the clusters.
  useEffect(() => {
    let stale = false;
    kernel.ask("cluster_card", { key: row.key }).then(
      (answer) => {
        if (!stale) card.value = answer as unknown as Card;
      },
      () => undefined,
    );
    return () => {
      stale = true;
    };
  }, [row.key, store.facts.clusters.value]);
  useLayoutEffect(() => {
    const el = box.current!;
    const measure = () => {
      height.value = el.offsetHeight;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    measure();
    return () => {
      observer.disconnect();
      height.value = 0;
    };
  }, []);
  const turn = (to: Mode) => () => {
    mode.value = mode.value === to ? "" : to;
  };
  const facts = [
    card.value?.said,
    card.value?.mix.map(([name, n]) => `${count(n)} ${name}`).join(", "),
    found && `${found.reading}, ${found.share} found again`,
  ].filter(Boolean);
  return (
    <section class="nx-cluster-card" ref={box} aria-label={row.name} style={{ top: `${top}px` }}>
      {facts.length > 0 && <p class="nx-quiet">{facts.join(" · ")}</p>}
      {!isLast && !readOnly && (
        <div class="nx-decide" role="toolbar" aria-label={`Decide about ${row.name}`}>
          <Button
            class="nx-button nx-accept"
            title="Accept the name (Enter)"
            onClick={() => decide("accept", { key: row.key })}
          >
            Accept
          </Button>
          <Button class="nx-button" title="Rename (r)" aria-expanded={mode.value === "rename"} onClick={turn("rename")}>
            Rename …
          </Button>
          <Button
            class="nx-button"
            title="Merge with another (m)"
            aria-expanded={mode.value === "merge"}
            onClick={turn("merge")}
          >
            Merge with …
          </Button>
          <Button class="nx-button" title="Split (s)" aria-expanded={mode.value === "split"} onClick={turn("split")}>
            Split …
          </Button>
          <Button
            class="nx-button"
            title="Say that it is mixed (x)"
            onClick={() => decide("mark", { key: row.key, mark: "mixed" })}
          >
            Mixed
          </Button>
          <Button
            class="nx-button"
            title="Tag its items (t)"
            aria-expanded={mode.value === "tag"}
            onClick={turn("tag")}
          >
            Tag …
          </Button>
          <Button
            class="nx-button"
            title="Write something down"
            aria-expanded={mode.value === "note"}
            onClick={turn("note")}
          >
            Note …
          </Button>
          <Button
            class="nx-button"
            title="Look for clusters among its items alone (c)"
            onClick={() => kernel.tell("recluster_inside", { key: row.key })}
          >
            Cluster inside
          </Button>
        </div>
      )}
      {mode.value === "rename" && (
        <Field
          label={`New name of ${row.name}`}
          value={row.name}
          does="Rename"
          onDone={(name) => decide("rename_cluster", { key: row.key, name })}
        />
      )}
      {mode.value === "merge" && <MergeWith row={row} near={card.value?.near ?? []} deciding={deciding} />}
      {mode.value === "split" && <SplitPieces row={row} deciding={deciding} />}
      {mode.value === "tag" && (
        <Field
          label={`Tag for the items of ${row.name}`}
          does="Tag"
          onDone={(tag) => decide("tag_cluster", { key: row.key, tag }, false)}
        />
      )}
      {mode.value === "note" && (
        <Field
          label={`Note about ${row.name}`}
          does="Write down"
          onDone={(text) => decide("note", { key: row.key, text }, false)}
        />
      )}
      {card.value && card.value.proposals.length > 0 && (
        <ul class="nx-proposals" aria-label="Proposed names">
          {card.value.proposals.map((one) => (
            <li key={one.name}>
              <Button
                class="nx-proposal"
                disabled={readOnly}
                title={`Call it “${one.name}”`}
                onClick={() => decide("accept", { key: row.key, name: one.name })}
              >
                <span dir="auto">{one.name}</span>
                <span class="nx-quiet">{one.why}</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <SmallOnes title="Central" items={card.value?.medoids ?? []} />
      <SmallOnes title="Borderline" items={card.value?.borderline ?? []} />
      {card.value && card.value.tags.length > 0 && (
        <p class="nx-tags">
          {card.value.tags.map(([tag, n]) => (
            <span key={tag} class="nx-tag">
              <span dir="auto">{tag}</span> <span class="nx-count">{count(n)}</span>
              {!readOnly && (
                <Button
                  class="nx-untag"
                  aria-label={`Take the tag ${tag} from the items of this cluster`}
                  onClick={() => decide("untag_cluster", { key: row.key, tag }, false)}
                >
                  ×
                </Button>
              )}
            </span>
          ))}
        </p>
      )}
      {card.value?.notes.map((note) => (
        <p key={`${note.when}${note.text}`} class="nx-written">
          <span dir="auto">{note.text}</span>{" "}
          <span class="nx-quiet">
            {note.by}, {note.when}
          </span>
        </p>
      ))}
    </section>
  );
}

function SmallOnes({ title, items }: { title: string; items: Small[] }) {
  const { kernel, pictures } = useApp();
  if (!items.length) return null;
  return (
    <div class="nx-small-row">
      <h3 class="nx-small-head">{title}</h3>
      {items.map((item) => (
        <Button
          key={item.id}
          class="nx-small"
          data-id={item.id}
          aria-label={[item.title, item.why].filter(Boolean).join(", ")}
          title={[item.title, item.why].filter(Boolean).join("\n")}
          onClick={() => kernel.tell("inspect", { id: item.id })}
        >
          <Thumb item={item} pictures={pictures} />
        </Button>
      ))}
    </div>
  );
}
