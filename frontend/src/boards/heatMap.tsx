// The heat map of a slice, by mouse and by keys: a cell is two items, and its number is read out.

import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import { Button, QUIET } from "../words/button";
import { count } from "../words/numbers";
import { bandsOf, type Cell, cellAt, moved } from "./bands";
import type { Matrix } from "./matrix";

const [EDGE, LEAST_SIDE, MOST_SIDE] = [38, 320, 620];
const LEAST_MARK = 7;

export function HeatMap({ matrix }: { matrix: Matrix }) {
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
  const point = ({ row, column }: Cell) => {
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
  const compare = async ({ row, column }: Cell) => {
    await kernel.tell("pin", { id: matrix.ids[row] });
    await kernel.tell("inspect", { id: matrix.ids[column === row ? Math.min(row + 1, m - 1) : column] });
    store.lens.value = "pair";
  };
  // With the focus in it, the map keeps the cell that the keys have gone to.
  const leave = () => {
    if (document.activeElement !== canvas.current) at.value = null;
  };
  const key = (event: KeyboardEvent) => {
    const here = at.value ?? { row: from, column: Math.min(from + 1, to - 1) };
    const there = moved(here, event.key, from, to, event.shiftKey);
    if (there) {
      point(there);
      requestAnimationFrame(() => box.current?.querySelector(".nx-heat-cell")?.scrollIntoView({ block: "nearest" }));
    } else if (event.key === "Enter" || event.key === " ") compare(here);
    else if (event.key === "Escape" && (from > 0 || to < m)) setRange([0, m]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const wide = side / (to - from);
  const mark = Math.max(wide, LEAST_MARK);
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
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a canvas has no role of its own, this one has keys */}
        <canvas
          ref={canvas}
          role="application"
          aria-roledescription="heat map"
          aria-label={`How alike the items are: ${matrix.sentence} Arrow keys go from cell to cell, Enter compares.`}
          tabIndex={0}
          {...QUIET}
          style={{ width: `${side}px`, height: `${side}px` }}
          onMouseMove={(event) => point(cell(event))}
          onMouseLeave={leave}
          onClick={(event) => compare(cell(event))}
          onFocus={() => !at.value && point({ row: from, column: Math.min(from + 1, to - 1) })}
          onBlur={leave}
          onKeyDown={key}
        />
        {at.value && at.value.row >= from && at.value.row < to && at.value.column >= from && at.value.column < to && (
          <span
            class="nx-heat-cell"
            aria-hidden="true"
            style={{
              left: `${EDGE + (at.value.column - from + 0.5) * wide - mark / 2}px`,
              top: `${EDGE + (at.value.row - from + 0.5) * wide - mark / 2}px`,
              width: `${mark}px`,
              height: `${mark}px`,
            }}
          />
        )}
      </div>
      <p class="nx-quiet">
        A click on a cell, or Enter, compares its two items; one on a cluster at the edge shows only its items. Arrow
        keys go from cell to cell, with Shift ten at once.
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
