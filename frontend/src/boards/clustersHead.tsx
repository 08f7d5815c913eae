// Over the clusters: how far they are decided, undo, the order, and the handles that find others.

import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useApp } from "../state/context";
import { Button, QUIET } from "../words/button";
import { Icon } from "../words/icons";
import { count, duration } from "../words/numbers";
import type { Order } from "./clusterList";
import { Field } from "./decide";
import { LanguageNames } from "./languageNames";
import { SizeOfClusters } from "./sweep";

export const NEWS_MS = 4000;
const WORTH_SAYING = 5;

const KEYS: [string, string][] = [
  ["↓ ↑", "next, last"],
  ["n", "next that is open"],
  ["Enter, a", "accept"],
  ["r", "rename"],
  ["m", "merge with …"],
  ["Space", "tick, to merge several"],
  ["Shift ↓", "tick what is passed"],
  ["s", "split"],
  ["x", "mixed"],
  ["t", "tag"],
  ["o", "its items"],
  ["c", "cluster inside it"],
  ["u, U", "undo, redo"],
];

interface Props {
  order: Signal<Order>;
  grouped: Signal<boolean>;
  ticked: Signal<ReadonlySet<string>>;
  onNext: () => void;
}

export function ClustersHead({ order, grouped, ticked, onNext }: Props) {
  const { store, kernel } = useApp();
  const { progress, undo, redo, larger, again, read_only: readOnly, by } = store.facts.clusters.value;
  const [done, of] = progress;
  const keys = useSignal(false);
  const naming = useSignal(false);
  const tools = useRef<HTMLDivElement>(null);
  const showLarger = async () => {
    if (larger.offer) await kernel.tell("find_larger");
    grouped.value = !grouped.value;
  };
  return (
    <div class="nx-clusters-head">
      {of > 0 && (
        <div class="nx-progress">
          <span
            class="nx-progress-bar"
            role="progressbar"
            aria-label="Decided clusters"
            aria-valuemin={0}
            aria-valuemax={of}
            aria-valuenow={done}
          >
            <span style={{ width: `${(100 * done) / of}%` }} />
          </span>
          <span class="nx-progress-words" aria-live="polite">
            <strong>{count(done)}</strong> of {count(of)} decided
          </span>
          {!readOnly && (
            <>
              <Button
                label={undo ? `Undo: ${undo} (u)` : "Nothing to undo"}
                class="nx-plain nx-undo-decision"
                disabled={!undo}
                onClick={() => kernel.tell("undo_decision")}
              >
                <Icon name="undo" />
              </Button>
              <Button
                label={redo ? `Redo: ${redo} (U)` : "Nothing to redo"}
                class="nx-plain nx-redo-decision"
                disabled={!redo}
                onClick={() => kernel.tell("redo_decision")}
              >
                <Icon name="redo" />
              </Button>
              <Button
                class="nx-button nx-next"
                disabled={done === of}
                title="The next open cluster (n)"
                onClick={onNext}
              >
                Next
              </Button>
            </>
          )}
          <Button
            label="Keys"
            class="nx-plain nx-keys-button"
            aria-expanded={keys.value}
            onClick={() => {
              keys.value = !keys.value;
            }}
          >
            <Icon name="keys" />
          </Button>
        </div>
      )}
      {keys.value && (
        <div class="nx-keys">
          <dl>
            {KEYS.map(([key, does]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          {!readOnly && (
            <Field
              label="You decide as"
              value={by}
              does="Sign"
              focus={false}
              onDone={(name) => kernel.tell("sign", { by: name })}
            />
          )}
        </div>
      )}
      <Overtaken />
      <div class="nx-cluster-tools" ref={tools}>
        <select
          class="nx-select nx-order"
          aria-label="Order of clusters"
          value={order.value}
          {...QUIET}
          onKeyDown={(e) => e.stopPropagation()}
          onChange={(e) => {
            order.value = e.currentTarget.value as Order;
          }}
        >
          <option value="size">largest first</option>
          <option value="doubt">most doubtful first</option>
          <option value="open">open ones first</option>
        </select>
        {(larger.offer || larger.rows.length > 0) && (
          <Button class="nx-button nx-larger-toggle" aria-pressed={grouped.value} onClick={showLarger}>
            In larger clusters
          </Button>
        )}
        {again > 0 && (
          <Button class="nx-button nx-before" onClick={() => kernel.tell("clusters_before")}>
            Back to the clusters before
          </Button>
        )}
        <Stability />
        {of > 0 && !readOnly && (
          <Button
            class="nx-button nx-language-button"
            aria-expanded={naming.value}
            title="Shows first what would be sent, and what it costs"
            onClick={() => {
              naming.value = !naming.value;
            }}
          >
            Names by a language model …
          </Button>
        )}
      </div>
      {naming.value && (
        <LanguageNames
          ticked={ticked}
          onClose={() => {
            naming.value = false;
            tools.current?.querySelector<HTMLElement>(".nx-language-button")?.focus();
          }}
        />
      )}
      <SizeOfClusters />
    </div>
  );
}

// Two people at once: the later decision stands, and whoever decided earlier reads it here.
function Overtaken() {
  const { store } = useApp();
  const { count: told, sentence } = store.facts.clusters.value.overtaken;
  const read = useSignal(0);
  if (told <= read.value) return null;
  return (
    <div class="nx-overtaken" role="status">
      <span>{sentence}</span>
      <Button
        label="Dismiss"
        class="nx-plain"
        onClick={() => {
          read.value = told;
        }}
      >
        <Icon name="close" />
      </Button>
    </div>
  );
}

// Which clusters come back when halves of the items are clustered again: measured at a click, then said of each.
function Stability() {
  const { store, kernel } = useApp();
  const measuring = useSignal(false);
  const { offer, seconds = 0, sentence } = store.facts.clusters.value.stability;
  if (!offer && !sentence) return null;
  const measure = async () => {
    measuring.value = true;
    await kernel.tell("measure_stability");
    measuring.value = false;
  };
  return (
    <div class="nx-stability">
      {offer && (
        <Button class="nx-button" disabled={measuring.value} title={offer} onClick={measure}>
          {measuring.value
            ? "Measuring stability …"
            : `Measure stability${seconds > WORTH_SAYING ? ` (about ${duration(seconds)})` : ""}`}
        </Button>
      )}
      {sentence && <p class="nx-grain-words">{sentence}</p>}
    </div>
  );
}
