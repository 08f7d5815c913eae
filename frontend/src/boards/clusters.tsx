// The clusters, to decide about: a list of them, a card under the current one, and a key for every verb.

import "./clusters.css";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useApp } from "../state/context";
import type { ClusterRow, LargerCluster } from "../state/facts";
import { Button } from "../words/button";
import { Icon } from "../words/icons";
import { count } from "../words/numbers";
import { ClusterCard, type Mode } from "./clusterCard";
import { HEAD_PX, inView, isOpen, lay, nextOpen, type Order, ordered, ROW_PX } from "./clusterList";
import { ClusterLine } from "./clusterRow";
import { ClustersHead, NEWS_MS } from "./clustersHead";
import { MergeTicked, SliceIntoLabel } from "./decide";
import { Spacing } from "./sweep";

export interface Deciding {
  current: Signal<string>;
  mode: Signal<Mode>;
  ticked: Signal<ReadonlySet<string>>;
  // Carries a decision out, and goes on to the next cluster that is open.
  decide: (what: string, details: Record<string, unknown>, goOn?: boolean) => Promise<void>;
}

export function ClustersBoard() {
  const { store, kernel } = useApp();
  const { rows, larger, read_only: readOnly } = store.facts.clusters.value;
  const order = useSignal<Order>("size");
  const grouped = useSignal(false);
  const current = useSignal("");
  const mode = useSignal<Mode>("");
  const ticked = useSignal<ReadonlySet<string>>(new Set());
  const card = useSignal(0);
  const top = useSignal(0);
  const height = useSignal(600);
  const board = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const goes = useSignal(0);

  const shown = useMemo(() => ordered(rows, order.value), [rows, order.value]);
  const heads = grouped.value ? larger.rows : [];
  const at = rows.some(({ key }) => key === current.value) ? current.value : "";
  const laid = useMemo(() => lay(shown, heads, at, card.value), [shown, heads, at, card.value]);
  const lines = laid.lines.filter(({ kind }) => kind === "row");
  const most = useMemo(() => Math.max(...rows.map((row) => row.count), 1), [rows]);

  useLayoutEffect(() => {
    const el = board.current!;
    const measure = () => {
      height.value = el.clientHeight;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    measure();
    return () => observer.disconnect();
  }, []);
  // What others have decided meanwhile is asked for, where somebody looks and Python has time.
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && !kernel.waiting.value && kernel.python.value === "ready")
        kernel.ask("news").catch(() => undefined);
    }, NEWS_MS);
    return () => clearInterval(timer);
  }, []);
  // The row that the keys have gone to is brought into view and takes the focus.
  useLayoutEffect(() => {
    const el = board.current!;
    const line = laid.lines.find(({ key }) => key === at);
    if (!line || !wantsFocus.current || !list.current) return;
    const y = list.current.offsetTop + line.top;
    const bottom = y + ROW_PX + Math.min(card.value, el.clientHeight - ROW_PX);
    if (y < el.scrollTop || bottom > el.scrollTop + el.clientHeight)
      el.scrollTop = Math.max(0, Math.min(y - ROW_PX, bottom - el.clientHeight + ROW_PX));
    top.value = el.scrollTop;
    requestAnimationFrame(() => {
      if (!wantsFocus.current || mode.value) return;
      wantsFocus.current = false;
      // The list may have gone on since this frame was asked for.
      el.querySelector<HTMLElement>(`[data-key="${current.value}"] .nx-cluster-name`)?.focus({ preventScroll: true });
    });
  }, [at, card.value, laid, goes.value]);

  const goTo = (key: string) => {
    wantsFocus.current = true;
    goes.value += 1;
    mode.value = "";
    current.value = key;
  };
  const step = (by: number) => {
    const here = lines.findIndex(({ key }) => key === at);
    const next = here < 0 ? (by > 0 ? 0 : lines.length - 1) : Math.min(Math.max(here + by, 0), lines.length - 1);
    if (lines[next]) goTo(lines[next].key);
  };
  const nextOne = (key: string) =>
    nextOpen(
      lines.map(({ row }) => ({ key: row!.key, open: isOpen(row!) })),
      key,
    );
  const decide = async (what: string, details: Record<string, unknown>, goOn = true) => {
    const next = goOn ? nextOne(at) : at;
    ticked.value = new Set();
    goTo(next);
    // The list goes on at once; where Python refuses, it says why, and the list comes back.
    await kernel.ask(what, details).catch(() => current.value === next && goTo(at));
  };
  const deciding: Deciding = { current, mode, ticked, decide };

  const key = (event: KeyboardEvent) => {
    const inField = (event.target as HTMLElement).matches("input, textarea, select");
    if (event.key === "Escape" && (mode.value || ticked.value.size)) {
      event.preventDefault();
      event.stopPropagation();
      ticked.value = new Set();
      goTo(at);
      return;
    }
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (inField || ((event.ctrlKey || event.metaKey || event.altKey) && !isUndo)) return;
    const row = rows.find((one) => one.key === at);
    const isCluster = !!row && row !== rows.at(-1);
    const isName = (event.target as HTMLElement).matches(".nx-cluster-name");
    // With Shift, what is passed is ticked, as in a list of files.
    const walk = (by: number) => () => {
      const here = lines.findIndex(({ key }) => key === at);
      const passed = [lines[here], lines[here + by]]
        .map((line) => line?.row)
        .filter((one) => one && one !== rows.at(-1));
      if (event.shiftKey && !readOnly) ticked.value = new Set([...ticked.value, ...passed.map((one) => one!.key)]);
      step(by);
    };
    const verbs: Record<string, () => void> = {
      ArrowDown: walk(1),
      ArrowUp: walk(-1),
      Home: () => lines[0] && goTo(lines[0].key),
      End: () => lines.at(-1) && goTo(lines.at(-1)!.key),
      n: () => goTo(nextOne(at)),
      o: () => row && kernel.tell("choose_cluster", { key: at }),
    };
    if (!readOnly) {
      verbs.u = () => kernel.tell("undo_decision");
      verbs.U = () => kernel.tell("redo_decision");
      verbs.z = verbs.u;
      verbs.Z = verbs.U;
    }
    if (!readOnly && isCluster) {
      const turn = (to: Mode) => () => {
        mode.value = to;
      };
      Object.assign(verbs, {
        a: () => decide("accept", { key: at }),
        r: turn("rename"),
        F2: turn("rename"),
        m:
          ticked.value.size > 1
            ? () => board.current?.querySelector<HTMLElement>(".nx-ticked input")?.focus()
            : turn("merge"),
        s: turn("split"),
        x: () => decide("mark", { key: at, mark: "mixed" }),
        c: () => kernel.tell("recluster_inside", { key: at }),
        t: turn("tag"),
      });
      if (isName) {
        verbs.Enter = verbs.a!;
        verbs[" "] = () => {
          const others = new Set(ticked.value);
          if (!others.delete(at)) others.add(at);
          ticked.value = others;
        };
      }
    }
    const verb = verbs[event.key];
    if (!verb) return;
    event.preventDefault();
    event.stopPropagation();
    verb();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the list, wherever in it the focus is
    <div
      class="nx-clusters"
      ref={board}
      onKeyDown={key}
      onScroll={(e) => {
        top.value = e.currentTarget.scrollTop;
      }}
    >
      <ClustersHead order={order} grouped={grouped} ticked={ticked} onNext={() => goTo(nextOne(at))} />
      <div class="nx-cluster-list" ref={list} style={{ height: `${laid.height}px` }}>
        <div role="list" aria-label="Clusters">
          {inView(laid.lines, top.value - (list.current?.offsetTop ?? 0), height.value).map((line) =>
            line.larger ? (
              <LargerHead key={line.key} larger={line.larger} top={line.top} rows={rows} deciding={deciding} />
            ) : (
              <ClusterLine
                key={line.key}
                row={line.row!}
                top={line.top}
                most={most}
                isLast={line.row === rows.at(-1)}
                isCurrent={line.key === at}
                tabIndex={line.key === (at || lines[0]?.key) ? 0 : -1}
                deciding={deciding}
              />
            ),
          )}
        </div>
        {at && (
          <ClusterCard
            key={`card-${at}`}
            row={rows.find((row) => row.key === at)!}
            top={(laid.lines.find(({ key }) => key === at)?.top ?? 0) + ROW_PX}
            isLast={at === rows.at(-1)?.key}
            height={card}
            deciding={deciding}
          />
        )}
      </div>
      <MergeTicked deciding={deciding} />
      <SliceIntoLabel />
      <Unattached />
      <Spacing />
    </div>
  );
}

interface Head {
  larger: LargerCluster;
  top: number;
  rows: readonly ClusterRow[];
  deciding: Deciding;
}

function LargerHead({ larger, top, rows, deciding: { ticked } }: Head) {
  const { store } = useApp();
  const decided = rows.filter((row) => larger.of.includes(row.key) && !isOpen(row)).length;
  return (
    <div class="nx-larger" role="listitem" style={{ top: `${top}px`, height: `${HEAD_PX}px` }}>
      <h3 dir="auto">{larger.name}</h3>
      <span class="nx-quiet">
        {count(larger.count)} items · {decided} of {larger.of.length} decided
      </span>
      {!store.facts.clusters.value.read_only && larger.of.length > 1 && (
        <Button
          class="nx-verb"
          title="Tick all clusters of this larger one, to make them one label"
          onClick={() => {
            ticked.value = new Set(larger.of);
          }}
        >
          tick all
        </Button>
      )}
    </div>
  );
}

// Labels that no cluster of this map carries any more: they hold their items all the same.
function Unattached() {
  const { store, kernel } = useApp();
  const { unattached } = store.facts.clusters.value;
  if (!unattached.length) return null;
  return (
    <details class="nx-unattached">
      <summary>
        {unattached.length} {unattached.length === 1 ? "label" : "labels"} on no cluster of this map
      </summary>
      <ul>
        {unattached.slice(0, 100).map((label) => (
          <li key={label.name}>
            <Button class="nx-link" dir="auto" onClick={() => kernel.tell("choose_label", { name: label.name })}>
              {label.name}
            </Button>
            <span class="nx-quiet">
              {count(label.on_map)} of {count(label.size)} items on this map · {label.status} by {label.by}
            </span>
          </li>
        ))}
      </ul>
      <p class="nx-quiet">
        <Icon name="doubt" /> A label keeps its items when clusters change. A cluster carries it again where the two
        share half of their items.
      </p>
    </details>
  );
}
