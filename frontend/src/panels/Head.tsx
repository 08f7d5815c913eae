// Above the map: what there is, whether Python is there, the search, the modalities, and the slice.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ExampleParts } from "../boards/examples";
import { useApp } from "../state/context";
import { Button } from "../words/button";
import { Icon } from "../words/icons";
import { count } from "../words/numbers";
import { copy, copySlice } from "./verbs";

const SLOW_MS = 2000;

export function Headline() {
  const app = useApp();
  const { store } = app;
  const { headline, trust, variant } = store.facts.about.value;
  const isFull = store.full.value;
  return (
    <div class="nx-head">
      <h2>{headline}</h2>
      <span class="nx-trust">
        {trust}
        {variant && (
          <Button
            class="nx-link nx-variant"
            title="What is shown is another cut or drawing than you opened. Click to copy what Python calls it"
            onClick={() => copy(app, variant, "name")}
          >
            in Python: {variant}
          </Button>
        )}
      </span>
      <Button
        label={isFull ? "Leave the full window" : "Fill the window"}
        class="nx-plain nx-fill"
        aria-pressed={isFull}
        onClick={() => {
          store.full.value = !isFull;
        }}
      >
        <Icon name="full" />
      </Button>
    </div>
  );
}

export function PythonBar() {
  const { kernel } = useApp();
  const python = kernel.python.value;
  if (python === "ready") return null;
  return (
    <div class="nx-python" data-python={python} role="status">
      {python === "gone"
        ? "Python has restarted or stopped: run the cell again. What is on the screen can still be looked at."
        : "Python is busy: answers come when it is done."}
    </div>
  );
}

export function Search() {
  const { store, kernel } = useApp();
  const { query } = store.facts;
  const input = useRef<HTMLInputElement>(null);
  const busy = useSignal<"" | "waiting" | "slow">("");
  useEffect(() => {
    if (input.current) input.current.value = query.value;
  }, [query.value]);
  const go = async () => {
    const words = input.current!.value.trim();
    if (words === query.value) return;
    const parts = store.facts.examples.value.parts.length > 0;
    busy.value = words ? "waiting" : "";
    const timer = setTimeout(() => {
      busy.value &&= "slow";
    }, SLOW_MS);
    if (words) store.lens.value = "items";
    // Beside items and files that were asked for, other words change the words alone.
    await kernel.tell(parts ? "ask_words" : "search", { query: words });
    clearTimeout(timer);
    busy.value = "";
  };
  const key = (event: KeyboardEvent) => {
    // JupyterLab would take these keys for commands on the cell.
    event.stopPropagation();
    if (event.key === "Enter") go();
    if (event.key === "Escape") {
      input.current!.value = "";
      go();
    }
  };
  return (
    <div class="nx-search" data-busy={busy.value !== ""}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        class="nx-query"
        placeholder={store.facts.items.value.placeholder}
        aria-label="Search"
        autocomplete="off"
        spellcheck={false}
        onKeyDown={key}
        onInput={(e) => {
          if (e.currentTarget.value === "" && query.value) go();
        }}
      />
      <ExampleParts />
      <span class="nx-spinner" aria-hidden="true" />
      {busy.value === "slow" && (
        <span class="nx-slow" role="status">
          the model is being opened …
        </span>
      )}
    </div>
  );
}

export function Modalities() {
  const { store, kernel } = useApp();
  const { modalities, shown_modalities } = store.facts;
  const toggle = (name: string) => {
    const shown = shown_modalities.value;
    kernel.tell("show_modalities", {
      names: shown.includes(name) ? shown.filter((other) => other !== name) : [...shown, name],
    });
  };
  return (
    <div class="nx-chips" role="group" aria-label="Modalities">
      {modalities.value.map(([name, n]) => (
        <Button
          key={name}
          class="nx-chip"
          data-modality={name}
          title={`Grey or show: ${name}`}
          aria-pressed={shown_modalities.value.includes(name)}
          onClick={() => toggle(name)}
        >
          <Mark name={name} />
          {name}
          <span class="nx-count">{count(n)}</span>
        </Button>
      ))}
    </div>
  );
}

const MARKS: Record<string, string> = { text: "◆", image: "●", page: "■", audio: "▲", video: "⬟" };

function Mark({ name }: { name: string }) {
  return (
    <span class="nx-mark" aria-hidden="true">
      {MARKS[name] ?? "●"}
    </span>
  );
}

// What is pointed at: every lens shows it. What was done can be undone, and is a line of Python.
export function SliceLine() {
  const { store, kernel } = useApp();
  const history = store.facts.history.value;
  const { title, note, kind } = store.facts.items.value;
  const isAll = kind === "typical";
  return (
    <div class="nx-slice" data-kind={kind}>
      <span class="nx-slice-word">Slice</span>
      <strong class="nx-slice-title" aria-live="polite" dir="auto">
        {isAll ? "everything" : title}
      </strong>
      {note && <span class="nx-note">{note}</span>}
      {!isAll && (
        <Button class="nx-button nx-clear" onClick={() => kernel.tell("clear")}>
          {kind === "search" ? "Clear search" : "Clear selection"}
        </Button>
      )}
      {history && <Steps {...history} />}
    </div>
  );
}

function Steps({ undo, redo }: { undo: string; redo: string }) {
  const app = useApp();
  const { store, kernel } = app;
  return (
    <span class="nx-acts" role="group" aria-label="Steps">
      <span class="nx-said" role="status">
        {store.said.value}
      </span>
      <Button
        label={undo ? `Undo: ${undo}` : "Nothing to undo"}
        class="nx-plain nx-undo"
        disabled={!undo}
        onClick={() => kernel.tell("undo")}
      >
        <Icon name="undo" />
      </Button>
      <Button
        label={redo ? `Redo: ${redo}` : "Nothing to redo"}
        class="nx-plain nx-redo"
        disabled={!redo}
        onClick={() => kernel.tell("redo")}
      >
        <Icon name="redo" />
      </Button>
      <Button label="Copy the slice as a line of Python" class="nx-plain nx-python-line" onClick={() => copySlice(app)}>
        <Icon name="code" />
      </Button>
    </span>
  );
}

export function Message() {
  const { store, kernel } = useApp();
  const words = store.facts.last_error.value;
  return (
    <div class="nx-error" role="alert" hidden={!words}>
      <span>{words}</span>
      <Button label="Dismiss" class="nx-plain" onClick={() => kernel.tell("dismiss")}>
        <Icon name="close" />
      </Button>
    </div>
  );
}
