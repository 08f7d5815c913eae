// Whom the first results of neutral queries show: a row a query, its pictures by group, the count on its null band.

import "./fairness.css";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import { Button, QUIET } from "../words/button";
import { type Bar, NullBand } from "./nullBand";
import { FirstResults, QueryForm, QueryLines } from "./queryForm";

interface Shown {
  id: string;
  title: string;
  modality: string;
  words: string;
  group: number;
}

interface Row {
  query: string;
  sentence: string;
  bars: Bar[];
  pictures: Shown[];
  measure: string;
  reading: string;
  outside: boolean;
  note: string;
}

interface Line {
  statement: string;
  measure: string;
  value: number;
  chance: [number, number, number] | null;
  q: string;
  n: string;
}

interface Fairness {
  ready: boolean;
  ran?: boolean;
  attributes?: string[];
  attribute?: string;
  k?: number;
  languages?: string[];
  occupations?: Record<string, string>;
  caveat?: string;
  groups?: [string, number, string][];
  rows?: Row[];
  overall?: Line[];
  checks?: Line[];
  not_run?: [string, string][];
}

declare module "../state/facts" {
  interface BoardFacts {
    fairness: Fairness;
  }
}

export function FairnessBoard() {
  const { store, kernel } = useApp();
  const facts = store.facts.fairness.value;
  useEffect(() => {
    if (!facts.ready) kernel.tell("open_fairness");
  }, [facts.ready, kernel]);
  if (!facts.ready) return <p class="nx-quiet">looking for columns …</p>;
  if (!facts.attributes?.length)
    return (
      <div class="nx-fairness">
        <h3>Nobody has said who or what is in these items</h3>
        <p>
          A spot check compares groups, such as women and men or two regions. It needs a column of metadata with at
          least two groups of 30 items. Add one to your table or sidecar files: groups are never guessed from pictures.
        </p>
      </div>
    );
  return (
    <div class="nx-fairness">
      <Choices facts={facts} />
      {facts.ran && <Result facts={facts} />}
    </div>
  );
}

function Choices({ facts }: { facts: Fairness }) {
  const { kernel } = useApp();
  const { attributes = [], languages = [], occupations = {}, ran } = facts;
  const attribute = useSignal(facts.attribute || attributes[0]!);
  const language = useSignal(languages[0] ?? "en");
  const queries = useSignal(occupations[language.value] ?? "");
  const k = useSignal(facts.k ?? 20);
  const works = useSignal(false);
  const explicit = useSignal<Record<string, string>>({});
  const run = async () => {
    works.value = true;
    await kernel.tell("run_fairness", {
      attribute: attribute.value,
      queries: queries.value,
      language: language.value,
      k: k.value,
      explicit: facts.attribute === attribute.value ? explicit.value : {},
    });
    works.value = false;
  };
  return (
    <details class="nx-choices" open={!ran}>
      <summary {...QUIET}>{ran ? "Ask other queries" : "Whom do neutral queries show?"}</summary>
      <QueryForm queries={queries} does="Ask" working="asking …" works={works.value} onBegin={run}>
        <p class="nx-quiet">
          A query such as “a nurse” names no group. This asks such queries and counts whose pictures come first, beside
          what picking without looking would show.
        </p>
        <label class="nx-inline">
          Compare groups by
          <select
            class="nx-select"
            value={attribute.value}
            {...QUIET}
            onChange={(e) => {
              attribute.value = e.currentTarget.value;
            }}
          >
            {attributes.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <QueryLines label="Neutral queries, one a line, each asked in five wordings" queries={queries} />
        <div class="nx-row">
          <label class="nx-inline">
            Language
            <select
              class="nx-select"
              value={language.value}
              {...QUIET}
              onChange={(e) => {
                if (queries.value === occupations[language.value]) {
                  queries.value = occupations[e.currentTarget.value] ?? "";
                }
                language.value = e.currentTarget.value;
              }}
            >
              {languages.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <FirstResults label="First results" k={k} usual={20} most={200} />
        </div>
        {ran && facts.attribute === attribute.value && (
          <fieldset class="nx-explicit">
            <legend>Words that name a group, to check whether the model sees it at all (optional)</legend>
            {(facts.groups ?? []).map(([name]) => (
              <label key={name} class="nx-inline">
                {name}
                <input
                  class="nx-input"
                  placeholder="such as: female"
                  value={explicit.value[name] ?? ""}
                  {...QUIET}
                  onKeyDown={(e) => e.stopPropagation()}
                  onInput={(e) => {
                    explicit.value = { ...explicit.value, [name]: e.currentTarget.value };
                  }}
                />
              </label>
            ))}
          </fieldset>
        )}
      </QueryForm>
    </details>
  );
}

function Result({ facts }: { facts: Fairness }) {
  const { rows = [], groups = [], overall = [], checks = [], not_run = [], k = 20, caveat, attribute } = facts;
  const outside = rows.filter((row) => row.outside).length;
  const unsaid = rows.length ? "" : (not_run.find(([check]) => check.startsWith("composition"))?.[1] ?? "");
  return (
    <>
      <p class="nx-caveat">{caveat}</p>
      <p>
        Of the items with a known <strong>{attribute}</strong>:{" "}
        {groups.map(([name, n, share]) => `${name} ${n} (${share})`).join(", ")}.
      </p>
      {rows.length > 0 && (
        <div class="nx-key">
          <NullBand
            bar={{ group: "", count: k * 0.8, of: k, low: k * 0.3, high: k * 0.65, expected: k * 0.48, outside: true }}
          />
          <p class="nx-quiet">
            How to read a line: the <b>dot</b> is how many of the first {k} results belong to the group. The{" "}
            <b>grey bar</b> is what picking {k} of these items without looking shows, 95 times of 100. A dot outside is
            more than chance; whether it matters is for you to say. {outside} of {rows.length} queries are outside once
            the number of queries is allowed for. Counts are means of five wordings; pictures are of the first one.
          </p>
        </div>
      )}
      {unsaid && (
        <p class="nx-unsaid" role="status">
          Nothing can be said about whom these queries show: <b>{unsaid}</b>.
        </p>
      )}
      {checks.length > 0 && (
        <section>
          <h3>Checked first</h3>
          <Lines lines={checks} />
        </section>
      )}
      {rows.length > 0 && (
        <ul class="nx-queries" aria-label="Queries">
          {rows.map((row) => (
            <QueryRow key={row.query} row={row} />
          ))}
        </ul>
      )}
      {not_run.length > 0 && (
        <section class="nx-not-run">
          <h3>Not run</h3>
          <ul>
            {not_run.map(([check, reason]) => (
              <li key={check}>
                <b>{check}</b>: {reason}
              </li>
            ))}
          </ul>
        </section>
      )}
      {overall.length > 0 && (
        <details>
          <summary {...QUIET}>All queries together, in the measures of the field</summary>
          <Lines lines={overall} />
        </details>
      )}
    </>
  );
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <ul class="nx-findings">
      {lines.map((one) => (
        <li key={one.measure}>
          {one.statement} <span class="nx-quiet">{[one.n, one.q].filter(Boolean).join(" · ")}</span>
        </li>
      ))}
    </ul>
  );
}

function QueryRow({ row }: { row: Row }) {
  const { kernel, pictures } = useApp();
  return (
    <li class="nx-query-row" data-query={row.query} data-outside={row.outside}>
      <header>
        <h3 dir="auto">“{row.query}”</h3>
        <span class="nx-reading">{row.reading}</span>
      </header>
      <p class="nx-quiet">{row.sentence}</p>
      {row.bars.map((bar, place) => {
        const mine = row.pictures.filter(({ group }) => group === place);
        return (
          <div key={bar.group} class="nx-group-line" data-group={bar.group}>
            <Button
              class="nx-group"
              title={`Select the results that are ${bar.group}`}
              onClick={() => kernel.tell("choose_shown", { query: row.query, group: bar.group })}
            >
              <span dir="auto">{bar.group}</span>
              <span class="nx-count">
                {bar.count} of {bar.of}
              </span>
            </Button>
            <NullBand bar={bar} />
            <span class="nx-pictures">
              {mine.map((one) => (
                <button
                  key={one.id}
                  type="button"
                  class="nx-picture"
                  title={one.title}
                  aria-label={one.title}
                  {...QUIET}
                  onClick={() => kernel.tell("inspect", { id: one.id })}
                >
                  {one.words ? (
                    <span class="nx-picture-words">{one.words}</span>
                  ) : (
                    <Thumb item={one} pictures={pictures} />
                  )}
                </button>
              ))}
            </span>
          </div>
        );
      })}
      <footer class="nx-row">
        <Note row={row} />
        <span class="nx-quiet nx-which" title="Counts are means of all wordings, pictures the results of the first one">
          {row.measure}
        </span>
      </footer>
    </li>
  );
}

function Note({ row }: { row: Row }) {
  const { kernel } = useApp();
  const text = useSignal(row.note);
  const open = useSignal(false);
  useEffect(() => {
    text.value = row.note;
  }, [row.note]);
  if (!open.value)
    return (
      <Button
        class="nx-link"
        onClick={() => {
          open.value = true;
        }}
      >
        {row.note ? `Note: ${row.note}` : "Add a note"}
      </Button>
    );
  const keep = async () => {
    await kernel.tell("note_finding", { query: row.query, text: text.value });
    open.value = false;
  };
  return (
    <form
      class="nx-note-form"
      onSubmit={(e) => {
        e.preventDefault();
        keep();
      }}
    >
      <input
        class="nx-input"
        aria-label={`Note on ${row.query}`}
        value={text.value}
        {...QUIET}
        onKeyDown={(e) => e.stopPropagation()}
        onInput={(e) => {
          text.value = e.currentTarget.value;
        }}
      />
      <Button class="nx-button" type="submit">
        Keep
      </Button>
    </form>
  );
}
