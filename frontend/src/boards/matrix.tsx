// The slice from within: a heat map of how alike its items are, what stands out in it, what sets it apart.

import "./matrix.css";
import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { Tile } from "../state/facts";
import { Button } from "../words/button";
import { count } from "../words/numbers";
import { bandsOf, type Cluster, cellAt } from "./bands";
import { ItemTile } from "./tile";

declare module "../state/facts" {
  interface BoardFacts {
    matrix: Record<string, never>;
  }
}

interface Told {
  serial: number;
  note: string;
  whole: boolean;
  sentence: string;
  positions: number[];
  ids: string[];
  low: string;
  high: string;
  clusters: Cluster[];
  outliers: Tile[];
  outlier_count: number;
  bridges: Tile[];
  bridge_count: number;
  boundary: Tile[];
  boundary_words: string;
  levels: Uint8Array;
}

interface Apart {
  serial: number;
  sentence: string;
  rows: { sort: string; what: string; inside: number; outside: number; shares: string; interval: string; n: string }[];
  more: number;
  left_out: string[];
}

export function MatrixBoard() {
  const { store, kernel } = useApp();
  const { serial } = store.facts.items.value;
  const told = useSignal<Told | null>(null);
  const apart = useSignal<Apart | null>(null);
  const problem = useSignal("");
  const looking = useSignal(false);
  useEffect(() => {
    let stale = false;
    told.value = null;
    apart.value = null;
    looking.value = false;
    problem.value = "";
    kernel.ask("matrix", { serial }).then(
      (answer) => {
        if (stale) return;
        const bytes = answer.buffers[0]!;
        told.value = {
          ...(answer as unknown as Told),
          levels: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        };
      },
      (error: Error) => {
        if (!stale) problem.value = error.message;
      },
    );
    return () => {
      stale = true;
    };
  }, [serial, kernel]);
  const look = () => {
    looking.value = true;
    kernel.ask("set_apart", { serial }).then(
      (answer) => {
        looking.value = false;
        apart.value = answer as unknown as Apart;
      },
      (error: Error) => {
        looking.value = false;
        problem.value = error.message;
      },
    );
  };
  const matrix = told.value;
  return (
    <div class="nx-matrix">
      {problem.value && (
        <p class="nx-problem" role="alert">
          {problem.value}
        </p>
      )}
      {!matrix && !problem.value && <p class="nx-quiet">comparing …</p>}
      {matrix && (
        <>
          <p>
            {matrix.note}
            {matrix.sentence}
          </p>
          <Heat matrix={matrix} key={matrix.serial} />
          <Stands matrix={matrix} />
        </>
      )}
      {matrix && !matrix.whole && (
        <section class="nx-apart">
          <h4>What sets this slice apart</h4>
          {apart.value ? (
            <Differences apart={apart.value} />
          ) : (
            <Button class="nx-button" disabled={looking.value} onClick={look}>
              {looking.value ? "looking …" : "Compare it with the rest"}
            </Button>
          )}
        </section>
      )}
    </div>
  );
}

const [EDGE, LEAST_SIDE, MOST_SIDE] = [38, 320, 620];

function Heat({ matrix }: { matrix: Told }) {
  const { store, kernel, pictures } = useApp();
  const m = matrix.ids.length;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [side, setSide] = useState(0);
  const [[from, to], setRange] = useState<[number, number]>([0, m]);
  const at = useSignal<{ row: number; column: number; words: string } | null>(null);
  const whole = useRef<HTMLCanvasElement | null>(null);
  useEffect(() => {
    const el = box.current!;
    // All of it is seen at once: as wide as the lens, and not higher.
    const measure = () => {
      const high = (el.closest<HTMLElement>(".nx-board")?.clientHeight ?? MOST_SIDE) - EDGE - 60;
      setSide(Math.min(el.clientWidth - EDGE - 2, Math.max(high, LEAST_SIDE), MOST_SIDE));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(el);
    measure();
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const el = canvas.current;
    if (!el || !side) return;
    const ratio = devicePixelRatio || 1;
    el.width = el.height = Math.round(side * ratio);
    whole.current ??= picture(matrix.levels, m, el);
    const context = el.getContext("2d")!;
    // Cells smaller than a pixel are averaged, larger ones have edges.
    context.imageSmoothingEnabled = to - from > side;
    context.imageSmoothingQuality = "high";
    context.drawImage(whole.current, from, from, to - from, to - from, 0, 0, el.width, el.height);
  }, [side, from, to, matrix]);
  const cell = (event: MouseEvent) => {
    const area = canvas.current!.getBoundingClientRect();
    return {
      row: cellAt(event.clientY - area.y, area.height, from, to),
      column: cellAt(event.clientX - area.x, area.width, from, to),
    };
  };
  const point = (event: MouseEvent) => {
    const { row, column } = cell(event);
    if (at.value?.row === row && at.value.column === column) return;
    at.value = { row, column, words: "" };
    kernel.ask("cosine", { a: matrix.positions[row], b: matrix.positions[column] }).then(
      ({ cosine, a, b }) => {
        if (at.value?.row === row && at.value.column === column)
          at.value = { row, column, words: `${cosine} · ${a.title} · ${b.title}` };
      },
      () => undefined,
    );
  };
  const compare = async (event: MouseEvent) => {
    const { row, column } = cell(event);
    await kernel.tell("pin", { id: matrix.ids[row] });
    await kernel.tell("inspect", { id: matrix.ids[column === row ? Math.min(row + 1, m - 1) : column] });
    store.lens.value = "pair";
  };
  const bands = bandsOf(matrix.clusters, from, to, side);
  const single = to - from <= Math.max(2, Math.floor(side / 29));
  const items = single ? Array.from({ length: to - from }, (_, i) => from + i) : [];
  const thumbs = single
    ? items.map((row) => ({
        id: matrix.ids[row]!,
        at: ((row - from + 0.5) * side) / (to - from),
        title: "",
        modality: "",
      }))
    : bands
        .filter(({ high, low }) => high - low >= 32)
        .map(({ cluster, low, high }) => ({ ...cluster.medoid, at: (low + high) / 2, title: cluster.name }));
  return (
    <div class="nx-heat-map" ref={box}>
      <div class="nx-heat-head">
        {from > 0 || to < m ? (
          <Button class="nx-button" onClick={() => setRange([0, m])}>
            Whole matrix
          </Button>
        ) : null}
        <span class="nx-scale">
          {matrix.low} <i aria-hidden="true" /> {matrix.high} cosine
        </span>
        <span class="nx-at" aria-live="polite">
          {at.value?.words}
        </span>
      </div>
      <div class="nx-heat-frame" style={{ width: `${side + EDGE}px`, height: `${side + EDGE}px` }}>
        {(["top", "left"] as const).map((edge) => (
          <div key={edge} class="nx-heat-edge" data-edge={edge}>
            {bands.map(({ cluster, low, high }) => (
              <Button
                key={cluster.start}
                class="nx-edge-band"
                title={`${cluster.name}: ${count(cluster.end - cluster.start)} items`}
                tabIndex={edge === "top" ? 0 : -1}
                aria-label={`Only ${cluster.name}, ${cluster.end - cluster.start} items`}
                style={{
                  [edge === "top" ? "left" : "top"]: `${low}px`,
                  [edge === "top" ? "width" : "height"]: `${Math.max(high - low - 1, 1)}px`,
                  background: cluster.color,
                }}
                onClick={() => setRange([cluster.start, cluster.end])}
              />
            ))}
            {thumbs.map((thumb) => (
              <span
                key={thumb.id}
                class="nx-edge-thumb"
                title={thumb.title}
                style={{ [edge === "top" ? "left" : "top"]: `${thumb.at - 14}px` }}
              >
                <Thumb item={thumb} pictures={pictures} />
              </span>
            ))}
          </div>
        ))}
        <canvas
          ref={canvas}
          role="img"
          aria-label={`How alike the items are: ${matrix.sentence}`}
          style={{ width: `${side}px`, height: `${side}px` }}
          onMouseMove={point}
          onMouseLeave={() => {
            at.value = null;
          }}
          onClick={compare}
        />
      </div>
      <p class="nx-quiet">
        A click on a cell compares its two items; one on a cluster at the edge shows only its items.
      </p>
    </div>
  );
}

// Light is unlike, dark is alike, in one hue; on a dark page the other way round.
function picture(levels: Uint8Array, m: number, el: HTMLElement): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.width = made.height = m;
  const context = made.getContext("2d")!;
  const image = context.createImageData(m, m);
  const style = getComputedStyle(el);
  const [low, high] = [rgbOf(style.backgroundColor), rgbOf(style.color)];
  for (let i = 0; i < m * m; i += 1) {
    const share = (levels[i]! / 255) ** 1.2;
    for (let c = 0; c < 3; c += 1) image.data[4 * i + c] = low[c]! + (high[c]! - low[c]!) * share;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return made;
}

function rgbOf(color: string): number[] {
  const found = color.match(/[\d.]+/g)?.map(Number) ?? [];
  // What `color-mix` computes to has shares of one.
  return color.startsWith("color") ? found.slice(0, 3).map((share) => share * 255) : found.slice(0, 3);
}

function Stands({ matrix }: { matrix: Told }) {
  const { store, kernel } = useApp();
  const compare = async () => {
    const [a, b] = matrix.boundary;
    await kernel.tell("pin", { id: a!.id });
    await kernel.tell("inspect", { id: b!.id });
    store.lens.value = "pair";
  };
  const medoids = matrix.clusters.map(({ medoid, name }) => ({ ...medoid, foot: name }));
  return (
    <>
      <Tiles title="Most typical of each cluster" tiles={medoids} />
      <Tiles
        title={`Outliers: unlike their nearest in the slice · ${count(matrix.outlier_count)}`}
        tiles={matrix.outliers}
      />
      <Tiles
        title={`Bridges: about as near to a second cluster · ${count(matrix.bridge_count)}`}
        tiles={matrix.bridges}
      />
      {matrix.boundary.length > 0 && (
        <>
          <Tiles title={`Closest pair across a boundary · ${matrix.boundary_words}`} tiles={matrix.boundary} />
          <Button class="nx-button" onClick={compare}>
            Compare these two
          </Button>
        </>
      )}
    </>
  );
}

function Tiles({ title, tiles }: { title: string; tiles: Tile[] }) {
  if (!tiles.length) return null;
  return (
    <>
      <h4>{title}</h4>
      <div class="nx-near">
        {tiles.map((tile) => (
          <ItemTile key={tile.id} item={tile} />
        ))}
      </div>
    </>
  );
}

function Differences({ apart }: { apart: Apart }) {
  return (
    <>
      <p>{apart.sentence}</p>
      <ol class="nx-differences">
        {apart.rows.map((row) => (
          <li key={`${row.sort} ${row.what}`} title={row.n}>
            <span class="nx-difference-what" dir="auto">
              <small>{row.sort}</small> {row.what}
            </span>
            <span class="nx-two-bars" role="img" aria-label={row.shares}>
              <i style={{ width: `${row.inside * 100}%` }} />
              <i style={{ width: `${row.outside * 100}%` }} />
            </span>
            <span class="nx-difference-words">
              {row.shares}
              <br />
              {row.interval}
            </span>
          </li>
        ))}
      </ol>
      {apart.more > 0 && <p class="nx-quiet">and {count(apart.more)} more, less sure</p>}
      {apart.left_out.map((words) => (
        <p key={words} class="nx-quiet">
          Not tried: {words}
        </p>
      ))}
    </>
  );
}
