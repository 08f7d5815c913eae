// One item beside one query, blind: how relevant is it? By keyboard, with undo; every decision is kept at once.

import "./judging.css";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Medium } from "../media/Medium";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { Item } from "../state/facts";
import { Button, QUIET } from "../words/button";
import { Icon } from "../words/icons";
import { FirstResults, QueryForm, QueryLines } from "./queryForm";

// What can rank items: a space, the search, words alone.
interface Ranker {
  name: string;
  about: string;
  paid: boolean;
}

interface Judging {
  ready: boolean;
  levels?: [string, string][];
  judge?: string;
  total?: number;
  done?: number;
  pair?: { query: string; words: string; item: Item } | null;
  last?: string;
  judges?: [string, string][];
  agreement?: string;
  needed?: string;
  disagreements?: { query: string; by: string; id: string; title: string; modality: string }[];
  depth?: number;
  rankers?: Ranker[];
  pooled?: string;
}

declare module "../state/facts" {
  interface BoardFacts {
    judging: Judging;
  }
}

export function JudgingBoard() {
  const { store, kernel } = useApp();
  const facts = store.facts.judging.value;
  useEffect(() => {
    if (!facts.ready) kernel.tell("open_judging");
  }, [facts.ready, kernel]);
  const editing = useSignal(false);
  if (!facts.ready) return <p class="nx-quiet">opening what was judged …</p>;
  if (!facts.total || editing.value)
    return (
      <Pool
        isFirst={!facts.total}
        depth={facts.depth ?? 10}
        rankers={facts.rankers ?? []}
        close={() => {
          editing.value = false;
        }}
      />
    );
  return (
    <div class="nx-judging">
      {facts.judge ? <Pair facts={facts} /> : <Who facts={facts} />}
      <Standing facts={facts} />
      {facts.pooled && (
        <p class="nx-quiet nx-pooled" dir="auto">
          {facts.pooled}
        </p>
      )}
      <p>
        <Button
          class="nx-link"
          onClick={() => {
            editing.value = true;
          }}
        >
          Judge other queries
        </Button>
      </p>
    </div>
  );
}

function Pool({
  isFirst,
  depth,
  rankers,
  close,
}: {
  isFirst: boolean;
  depth: number;
  rankers: Ranker[];
  close: () => void;
}) {
  const { kernel } = useApp();
  const queries = useSignal("");
  const deep = useSignal(depth);
  const works = useSignal(false);
  const chosen = useSignal(rankers.filter((one) => !one.paid).map((one) => one.name));
  const budget = useSignal("");
  const begin = async () => {
    works.value = true;
    await kernel.tell("begin_pool", {
      queries: queries.value,
      depth: deep.value,
      rankers: chosen.value,
      budget: budget.value === "" ? null : Number(budget.value),
    });
    works.value = false;
    close();
  };
  return (
    <QueryForm
      queries={queries}
      does="Start judging"
      working="finding results …"
      works={works.value}
      onBegin={begin}
      beside={
        !isFirst && (
          <Button class="nx-button" onClick={close}>
            Cancel
          </Button>
        )
      }
    >
      <h3>Judge search results</h3>
      <p class="nx-quiet">
        You see one result at a time and say how well it answers its query. Results are shuffled, and nothing tells what
        found them or how high they stood. From your decisions the reviews measure how well search works here.
      </p>
      <QueryLines
        label="What people look for, one query a line"
        queries={queries}
        placeholder={"a bird with a long beak\na map of a city"}
      />
      <Rankers rankers={rankers} chosen={chosen} budget={budget} />
      <FirstResults label="Results to judge for each query, from each" k={deep} usual={depth} most={100} />
    </QueryForm>
  );
}

// What the results are pooled from. What costs money is not ticked, and wants a limit first.
function Rankers({ rankers, chosen, budget }: { rankers: Ranker[]; chosen: Signal<string[]>; budget: Signal<string> }) {
  const pays = rankers.some((one) => one.paid && chosen.value.includes(one.name));
  return (
    <fieldset class="nx-rankers">
      <legend>Pool the first results of</legend>
      {rankers.map((one) => (
        <label key={one.name} class="nx-ranker">
          <input
            type="checkbox"
            checked={chosen.value.includes(one.name)}
            {...QUIET}
            onChange={(e) => {
              const others = chosen.value.filter((name) => name !== one.name);
              chosen.value = e.currentTarget.checked ? [...others, one.name] : others;
            }}
          />
          <span>
            {one.name}{" "}
            <span class="nx-quiet">
              {one.about}
              {one.paid && "; each query is a paid call"}
            </span>
          </span>
        </label>
      ))}
      {pays && (
        <label class="nx-inline">
          US dollars that these calls may take at most
          <input
            class="nx-input nx-number"
            type="number"
            min={0}
            step="any"
            required
            value={budget.value}
            {...QUIET}
            onKeyDown={(e) => e.stopPropagation()}
            onInput={(e) => {
              budget.value = e.currentTarget.value;
            }}
          />
        </label>
      )}
    </fieldset>
  );
}

function Who({ facts }: { facts: Judging }) {
  const { kernel } = useApp();
  const name = useSignal("");
  const start = (judge: string) => judge.trim() && kernel.tell("judge_as", { judge });
  return (
    <form
      class="nx-form"
      onSubmit={(e) => {
        e.preventDefault();
        start(name.value);
      }}
    >
      <h3>{facts.total} results to judge</h3>
      <label>
        Who judges? Each person’s decisions are kept apart.
        <input
          class="nx-input nx-judge"
          value={name.value}
          placeholder="your name"
          {...QUIET}
          onKeyDown={(e) => e.stopPropagation()}
          onInput={(e) => {
            name.value = e.currentTarget.value;
          }}
        />
      </label>
      <p class="nx-row">
        <Button class="nx-button nx-primary" type="submit" disabled={!name.value.trim()}>
          Judge
        </Button>
        {(facts.judges ?? []).map(([judge]) => (
          <Button key={judge} class="nx-button" onClick={() => start(judge)}>
            Go on as {judge}
          </Button>
        ))}
      </p>
    </form>
  );
}

function Pair({ facts }: { facts: Judging }) {
  const { kernel } = useApp();
  const box = useRef<HTMLElement>(null);
  // The pair whose decision is on its way: the next one may be there before the answer, and be decided at once.
  const sent = useSignal("");
  const { pair, levels = [], judge, done = 0, total = 0, last } = facts;
  const here = pair ? `${pair.query} ${pair.item.id}` : "";
  useEffect(() => box.current?.focus({ preventScroll: true }), [judge]);
  const decide = async (relevance: number | null) => {
    if (!pair || sent.value === here) return;
    sent.value = here;
    await kernel.tell("decide", { item: pair.item.id, relevance });
    if (sent.value === here) sent.value = "";
    box.current?.focus({ preventScroll: true });
  };
  const undo = () => kernel.tell("take_back").then(() => box.current?.focus({ preventScroll: true }));
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest("audio, video")) return;
    const pressed = event.key.toLowerCase();
    const act = levels.some(([value]) => value === pressed)
      ? () => decide(Number(pressed))
      : pressed === "s"
        ? () => decide(null)
        : pressed === "u"
          ? undo
          : pressed === " " && !(event.target as HTMLElement).closest("button, summary")
            ? () => play(box.current)
            : null;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <section class="nx-pair" ref={box} tabIndex={-1} aria-label="Judge this result" {...QUIET} onKeyDown={key}>
      <p class="nx-row nx-progress">
        <progress max={total} value={done} aria-label="Judged" />
        <span class="nx-count">
          {done} of {total}
        </span>
        <span class="nx-quiet">by {judge}</span>
        <Button class="nx-link" onClick={() => kernel.tell("judge_as", { judge: "" })}>
          someone else
        </Button>
      </p>
      {pair ? (
        <>
          <p class="nx-asked">
            How well does this answer <strong dir="auto">{pair.words}</strong>?
          </p>
          <div class="nx-media" data-modality={pair.item.modality} key={`${pair.query} ${pair.item.id}`}>
            <Medium item={pair.item} />
          </div>
          <p class="nx-judged-title" dir="auto">
            <Icon name={pair.item.modality ?? ""} />
            {pair.item.title}
          </p>
          <p class="nx-row nx-levels">
            {levels.map(([value, word]) => (
              <Button
                key={value}
                class="nx-button"
                data-level={value}
                disabled={sent.value === here}
                onClick={() => decide(Number(value))}
              >
                <kbd>{value}</kbd> {word}
              </Button>
            ))}
            <Button class="nx-button" data-level="none" disabled={sent.value === here} onClick={() => decide(null)}>
              <kbd>s</kbd> cannot say
            </Button>
          </p>
        </>
      ) : (
        <p class="nx-asked" role="status">
          {judge} has judged all {total}. Thank you.
        </p>
      )}
      <p class="nx-row nx-last" role="status">
        {last && (
          <span class="nx-quiet" dir="auto">
            {last}
          </span>
        )}
        {done > 0 && (
          <Button class="nx-link" onClick={undo}>
            undo <kbd>u</kbd>
          </Button>
        )}
      </p>
    </section>
  );
}

function play(box: HTMLElement | null): void {
  const player = box?.querySelector<HTMLMediaElement>("audio, video");
  if (!player) return;
  if (player.paused) player.play().catch(() => undefined);
  else player.pause();
}

// Where the judging stands: who did how much, how well they agree, what they differ on.
function Standing({ facts }: { facts: Judging }) {
  const { kernel, pictures } = useApp();
  const { judges = [], agreement, needed, disagreements = [], levels = [] } = facts;
  if (!judges.length) return null;
  return (
    <details class="nx-standing" open={!facts.pair}>
      <summary {...QUIET}>Where it stands</summary>
      <ul>
        {judges.map(([name, share]) => (
          <li key={name}>
            {name}: <span class="nx-count">{share}</span>
          </li>
        ))}
      </ul>
      {agreement ? (
        <p>{agreement}</p>
      ) : (
        <p class="nx-quiet">A second judge shows how far people agree on what is relevant.</p>
      )}
      {needed && <p>{needed}</p>}
      {disagreements.length > 0 && (
        <>
          <h4>To settle: judges differ on these</h4>
          <ul class="nx-differ">
            {disagreements.map((one) => (
              <li key={`${one.query} ${one.id}`}>
                <Button class="nx-differ-item" onClick={() => kernel.tell("inspect", { id: one.id })}>
                  <Thumb item={one} pictures={pictures} />
                  <span>
                    <strong dir="auto">{one.query}</strong>
                    <span dir="auto">{one.title}</span>
                    <span class="nx-quiet" dir="auto">
                      {one.by}
                    </span>
                  </span>
                </Button>
                <span class="nx-row nx-settle">
                  agreed:
                  {levels.map(([value, word]) => (
                    <Button
                      key={value}
                      class="nx-button"
                      title={`We agree that it is ${word}`}
                      onClick={() =>
                        kernel.tell("settle", { query: one.query, item: one.id, relevance: Number(value) })
                      }
                    >
                      {word}
                    </Button>
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}
