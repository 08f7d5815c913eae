// What the map is coloured by: the column, its legend, and the items of a value or of a range.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useApp } from "../state/context";
import type { Bar, Entry } from "../state/facts";
import { Button, QUIET } from "../words/button";
import { Dot } from "../words/icons";
import { count } from "../words/numbers";

const MANY_COLUMNS = 20;

export function ColumnsBoard() {
  const { store, kernel } = useApp();
  const { columns, column, muted } = store.facts;
  const { choices, entries, bar, title } = columns.value;
  const wanted = useSignal<string | null>(null);
  const words = useSignal("");
  // The box shows what is wanted at once; the map follows when Python has it.
  const choose = async (name: string) => {
    wanted.value = name;
    await kernel.tell("color_by", { column: name });
    wanted.value = null;
  };
  const shown = choices.filter(
    ([name, label]) => name === column.value || label.toLowerCase().includes(words.value.toLowerCase()),
  );
  const waits = wanted.value !== null && wanted.value !== column.value;
  return (
    <div class="nx-columns">
      <div class="nx-legend-head">
        <label for="nx-column">Colour by</label>
        {choices.length > MANY_COLUMNS && (
          <input
            class="nx-input"
            type="search"
            placeholder={`Find one of ${choices.length} columns`}
            aria-label="Find a column"
            {...QUIET}
            onKeyDown={(e) => e.stopPropagation()}
            onInput={(e) => {
              words.value = e.currentTarget.value;
            }}
          />
        )}
        <select
          id="nx-column"
          class="nx-select"
          aria-label="Colour by"
          value={wanted.value ?? column.value}
          {...QUIET}
          onChange={(e) => choose(e.currentTarget.value)}
        >
          {shown.map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
        {waits && (
          <span class="nx-quiet" role="status">
            working …
          </span>
        )}
        {muted.value.length > 0 && (
          <Button class="nx-link" onClick={() => kernel.tell("mute", { keys: [] })}>
            show all
          </Button>
        )}
      </div>
      {bar && <Histogram key={title} bar={bar} title={title} />}
      <ul class="nx-legend-list" aria-label={`Legend: ${title}`}>
        {entries.map((entry) => (
          <LegendRow key={entry.key} entry={entry} />
        ))}
      </ul>
      {entries.some(({ label }) => label.endsWith("other values")) && <FindValue key={title} />}
    </div>
  );
}

// A click greys the entry; with Alt, all the others.
function LegendRow({ entry }: { entry: Entry }) {
  const { store, kernel } = useApp();
  const { muted, columns } = store.facts;
  const isMuted = muted.value.includes(entry.key);
  const toggle = (event: MouseEvent) => {
    const others = columns.value.entries.map(({ key }) => key).filter((key) => key !== entry.key);
    if (event.altKey) return kernel.tell("mute", { keys: others });
    return kernel.tell("mute", {
      keys: isMuted ? muted.value.filter((key) => key !== entry.key) : [...muted.value, entry.key],
    });
  };
  return (
    <li>
      <Button
        class="nx-entry"
        data-key={entry.key}
        aria-pressed={!isMuted}
        title={`${entry.label}: click to grey, Alt-click to grey all others`}
        onClick={toggle}
      >
        <Dot color={entry.color} />
        <span class="nx-entry-name" dir="auto">
          {entry.label}
        </span>
        <span class="nx-count">{count(entry.count)}</span>
      </Button>
    </li>
  );
}

const CHART = { width: 320, height: 84 };

export function Histogram({ bar, title }: { bar: Bar; title: string }) {
  const { kernel } = useApp();
  const from = useSignal<number | null>(null);
  const to = useSignal(0);
  const bins = bar.counts.length;
  const most = Math.max(...bar.counts, 1);
  const wide = CHART.width / bins;
  const binAt = (e: PointerEvent) => {
    const box = (e.currentTarget as Element).getBoundingClientRect();
    return Math.min(Math.max(Math.floor(((e.clientX - box.x) / box.width) * bins), 0), bins - 1);
  };
  const [first, last] =
    from.value === null ? [-1, -1] : [Math.min(from.value, to.value), Math.max(from.value, to.value)];
  const colorOf = (i: number) =>
    bar.colors[Math.min(bar.colors.length - 1, Math.floor((i / bins) * bar.colors.length))];
  const dragging = useSignal(false);
  const done = () => {
    if (!dragging.value) return;
    dragging.value = false;
    if (from.value !== null) kernel.tell("brush", { first, last });
  };
  return (
    <figure class="nx-histogram">
      <svg
        viewBox={`0 0 ${CHART.width} ${CHART.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${bar.low} to ${bar.high}`}
        onPointerDown={(e) => {
          e.currentTarget.setPointerCapture(e.pointerId);
          from.value = to.value = binAt(e);
          dragging.value = true;
        }}
        onPointerMove={(e) => {
          if (dragging.value) to.value = binAt(e);
        }}
        onPointerUp={done}
      >
        {bar.counts.map((n, i) => {
          const tall = n ? Math.max((n / most) * (CHART.height - 4), 2) : 0;
          return (
            <rect
              key={i}
              x={i * wide + 0.5}
              y={CHART.height - tall}
              width={wide - 1}
              height={tall}
              fill={colorOf(i)}
              opacity={from.value === null || (i >= first && i <= last) ? 1 : 0.3}
            />
          );
        })}
      </svg>
      <figcaption>
        <span>{bar.low}</span>
        <span class="nx-quiet">
          {from.value === null
            ? `drag to select a range${bar.log ? " · logarithmic" : ""}`
            : `${bar.edges[first]} – ${bar.edges[last + 1]}`}
        </span>
        <span>{bar.high}</span>
      </figcaption>
    </figure>
  );
}

function FindValue() {
  const { store, kernel } = useApp();
  const found = useSignal<{ values: [string, string][]; more: number }>({ values: [], more: 0 });
  const words = useSignal("");
  useEffect(() => {
    if (!words.value) {
      found.value = { values: [], more: 0 };
      return;
    }
    let stale = false;
    const timer = setTimeout(async () => {
      const answer = await kernel.ask("find_values", { words: words.value }).catch(() => null);
      if (answer && !stale) found.value = answer as unknown as { values: [string, string][]; more: number };
    }, 150);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [words.value, store]);
  return (
    <div class="nx-find">
      <input
        class="nx-input"
        type="search"
        placeholder="Find a value"
        aria-label="Find a value"
        {...QUIET}
        onKeyDown={(e) => e.stopPropagation()}
        onInput={(e) => {
          words.value = e.currentTarget.value;
        }}
      />
      <ul class="nx-legend-list">
        {found.value.values.map(([value, n]) => (
          <li key={value}>
            <Button class="nx-entry" onClick={() => kernel.tell("choose_value", { value })}>
              <span class="nx-entry-name" dir="auto">
                {value}
              </span>
              <span class="nx-count">{n}</span>
            </Button>
          </li>
        ))}
      </ul>
      {found.value.more > 0 && <p class="nx-quiet">and {count(found.value.more)} more</p>}
    </div>
  );
}
