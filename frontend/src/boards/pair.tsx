// Two items side by side, how alike they are against what is usual, and which of their parts carry it.

import "./pair.css";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Verb } from "../boards";
import { Medium } from "../media/Medium";
import { useApp } from "../state/context";
import type { Item, Tile } from "../state/facts";
import { Button, QUIET } from "../words/button";
import { Dot, Icon } from "../words/icons";
import { Rows } from "./item";
import { ItemTile } from "./tile";
import { type Weighed, WhySide } from "./why";

declare module "../state/facts" {
  interface BoardFacts {
    pair: { pinned: (Tile & Item) | null };
  }
}

interface Told {
  ids: [string | null, string | null];
  modalities: [string, string];
  lead: string;
  cosine: string;
  usual: number[];
  at: number;
  ends: [string, string];
  usual_words: string;
  rows: [string, string][];
  shared: Tile[];
  shared_words: string;
  phrases: [string, string][];
  copy: "copy" | "look-alike" | "no";
  copy_words: string;
}

interface Plan {
  cost: number;
  words: string;
}

export const PAIR_VERBS: readonly Verb[] = [
  {
    of: "item",
    label: "Pin to compare",
    act: ({ kernel, store }, id) => {
      kernel.tell("pin", { id });
      kernel.tell("inspect", { id });
      store.lens.value = "pair";
    },
  },
];

export function PairBoard() {
  const { store, kernel } = useApp();
  const pinned = store.facts.pair.value.pinned;
  const open = store.facts.item.value;
  const words = useSignal("");
  const told = useSignal<{ key: string; pair: Told } | null>(null);
  const problem = useSignal("");
  const other = words.value || (open.id && open.id !== pinned?.id ? open.id : "");
  const key = pinned && other ? `${pinned.id}\n${other}` : "";
  useEffect(() => {
    problem.value = "";
    if (!pinned || !other) return;
    let stale = false;
    kernel.ask("compare", { a: pinned.id, b: other }).then(
      (pair) => {
        if (!stale) told.value = { key, pair: pair as unknown as Told };
      },
      (error: Error) => {
        if (!stale) problem.value = error.message;
      },
    );
    return () => {
      stale = true;
    };
  }, [key, kernel]);
  // Who opens another item means that item, no longer the words.
  useEffect(() => {
    words.value = "";
  }, [open.id]);
  const pair = told.value?.key === key ? told.value.pair : null;
  return (
    <div class="nx-pairing">
      {pair && <h3 class="nx-pair-lead">{pair.lead}</h3>}
      <Sides
        pinned={pinned}
        other={words.value ? null : open.id !== pinned?.id ? open : null}
        words={words.value}
        pair={pair}
      />
      {pinned && (
        <input
          type="text"
          class="nx-input"
          placeholder="or compare it with words, then Enter"
          aria-label="Compare the pinned item with words"
          value={words.value}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter") words.value = event.currentTarget.value.trim();
            if (event.key === "Escape") words.value = "";
          }}
          {...QUIET}
        />
      )}
      {problem.value && (
        <p class="nx-problem" role="alert">
          {problem.value}
        </p>
      )}
      {key && !pair && !problem.value && <p class="nx-quiet">comparing …</p>}
      {pair && <Facts pair={pair} />}
      {!other && open.id && (open.nearest ?? []).length > 0 && (
        <>
          <h4>
            {pinned ? "Compare it with one of its nearest" : "Its nearest"} <span>by cosine similarity</span>
          </h4>
          <div class="nx-near">
            {(open.nearest ?? []).map((near) => (
              <ItemTile key={near.id} item={{ ...near, foot: near.cluster === open.cluster ? "" : near.cluster }} />
            ))}
          </div>
        </>
      )}
    </div>
  );
}

function Sides({
  pinned,
  other,
  words,
  pair,
}: {
  pinned: (Tile & Item) | null;
  other: Item | null;
  words: string;
  pair: Told | null;
}) {
  const { kernel } = useApp();
  const plan = useSignal<Plan | null>(null);
  const why = useSignal<{ sides: Weighed[]; frames: DataView[]; calls: number } | null>(null);
  const failed = useSignal("");
  const busy = useSignal(false);
  const key = pair?.ids.join("\n") ?? "";
  const b = words || other?.id || "";
  useEffect(() => {
    plan.value = null;
    why.value = null;
    failed.value = "";
    busy.value = false;
    if (!pair || !pinned) return;
    let stale = false;
    kernel.ask("plan_why", { a: pinned.id, b }).then(
      (found) => {
        if (!stale) plan.value = found as unknown as Plan;
      },
      (error: Error) => {
        if (!stale) failed.value = error.message;
      },
    );
    return () => {
      stale = true;
    };
  }, [key, pinned?.id, b, pair !== null]);
  const explain = () => {
    if (!pinned || !plan.value) return;
    busy.value = true;
    const asked = `${pinned.id}\n${b}`;
    kernel.ask("why", { a: pinned.id, b, cost: plan.value.cost }).then(
      ({ sides, calls, buffers }) => {
        busy.value = false;
        if (asked === `${pinned.id}\n${b}`) why.value = { sides, frames: buffers, calls };
      },
      (error: Error) => {
        busy.value = false;
        failed.value = error.message;
      },
    );
  };
  const found = (id: string | undefined) => {
    if (!why.value || !id) return null;
    let start = 0;
    for (const side of why.value.sides) {
      if (side.id === id) return { side, frames: why.value.frames.slice(start, start + side.frames) };
      start += side.frames;
    }
    return null;
  };
  return (
    <>
      <div class="nx-two">
        <Side
          item={pinned}
          empty="No item is pinned yet."
          why={found(pinned?.id)}
          button={
            pinned && (
              <Button label="Let the pinned item go" class="nx-plain" onClick={() => kernel.tell("pin", { id: "" })}>
                <Icon name="close" />
              </Button>
            )
          }
        />
        {words ? (
          <figure class="nx-one">
            <figcaption>
              <b>Words</b>
            </figcaption>
            <blockquote class="nx-text" dir="auto">
              {words}
            </blockquote>
          </figure>
        ) : (
          <Side
            item={other?.id ? other : null}
            empty={pinned ? "Click another item to compare it." : "Click an item and pin it."}
            why={found(other?.id)}
            button={
              other?.id && (
                <Button class="nx-button" onClick={() => kernel.tell("pin", { id: other.id })}>
                  {pinned ? "Pin this one" : "Pin"}
                </Button>
              )
            }
          />
        )}
      </div>
      {pair && (
        <div class="nx-why">
          <Button class="nx-button" disabled={!plan.value || busy.value} aria-busy={busy.value} onClick={explain}>
            Why are they alike?
          </Button>
          <span class="nx-quiet" role="status">
            {busy.value
              ? "asking the model …"
              : why.value
                ? why.value.calls
                  ? `${why.value.calls} calls were made`
                  : "no call was needed: all was known"
                : (plan.value?.words ?? "")}
          </span>
        </div>
      )}
      {failed.value && <p class="nx-quiet">It cannot be explained: {failed.value}</p>}
    </>
  );
}

function Side({
  item,
  empty,
  why,
  button,
}: {
  item: (Item & Partial<Tile>) | null;
  empty: string;
  why: { side: Weighed; frames: DataView[] } | null;
  button: preact.ComponentChildren;
}) {
  const { store } = useApp();
  const plain = useSignal(false);
  if (!item?.id)
    return (
      <figure class="nx-one" data-empty="true">
        <p class="nx-quiet">{empty}</p>
      </figure>
    );
  return (
    <figure class="nx-one" data-id={item.id}>
      <figcaption>
        <b dir="auto" title={item.title}>
          {item.title}
        </b>
        {button}
      </figcaption>
      {why?.side.carried && !plain.value ? (
        <WhySide item={item} why={why.side} frames={why.frames} />
      ) : (
        <div class="nx-media" data-modality={item.modality} key={item.id}>
          <Medium item={item} />
        </div>
      )}
      <p class="nx-one-foot">
        <Icon name={item.modality ?? ""} />
        {[item.modality, item.span].filter(Boolean).join(" · ")}
        <Dot color={store.facts.cluster_colors.value[item.code ?? 0]} />
        <span>{item.cluster}</span>
      </p>
      {why && (
        <div class="nx-because" data-reliable={why.side.reliable}>
          <p>{why.side.sentence}</p>
          {why.side.doubts && (
            <p>
              <Icon name="doubt" /> <b>Not reliable:</b> {why.side.doubts}.
            </p>
          )}
          <details>
            <summary {...QUIET}>How far to trust it</summary>
            <p class="nx-quiet">{why.side.numbers}</p>
          </details>
          {why.side.carried && (
            <Button
              class="nx-link"
              aria-pressed={plain.value}
              onClick={() => {
                plain.value = !plain.value;
              }}
            >
              {plain.value ? "show what carries it" : "show it plain"}
            </Button>
          )}
        </div>
      )}
    </figure>
  );
}

function Facts({ pair }: { pair: Told }) {
  return (
    <>
      <Usual pair={pair} />
      <p class="nx-copy" data-copy={pair.copy}>
        {pair.copy_words}
      </p>
      {pair.phrases.length > 0 && (
        <p class="nx-phrases">
          Both are near{" "}
          {pair.phrases.map(([phrase, score]) => (
            <span key={phrase} title={`${score} standard deviations above other items, the farther of the two`}>
              {phrase} <small>{score}</small>
            </span>
          ))}
        </p>
      )}
      <Rows rows={pair.rows} />
      <h4>{pair.shared_words}</h4>
      <div class="nx-near">
        {pair.shared.map((tile) => (
          <ItemTile key={tile.id} item={tile} />
        ))}
      </div>
    </>
  );
}

const [WIDE, TALL] = [240, 44];

// How like one another such pairs are, and where this one stands.
function Usual({ pair }: { pair: Told }) {
  const step = WIDE / pair.usual.length;
  const at = pair.at * WIDE;
  return (
    <figure class="nx-usual" role="img" aria-label={`Cosine ${pair.cosine}. ${pair.usual_words}`}>
      <svg viewBox={`0 0 ${WIDE} ${TALL}`} preserveAspectRatio="none" aria-hidden="true">
        {pair.usual.map((share, i) => (
          <rect key={i} x={i * step} width={step * 0.86} y={TALL * (1 - share)} height={TALL * share} />
        ))}
        <path d={`M${at} 0V${TALL}`} />
      </svg>
      <figcaption>
        <span>{pair.ends[0]}</span>
        <span>
          <b>cosine {pair.cosine}</b> · {pair.usual_words}
        </span>
        <span>{pair.ends[1]}</span>
      </figcaption>
    </figure>
  );
}
