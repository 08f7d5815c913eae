// How fine the clusters are, and how far apart the items lie: two sliders, each asked for when it is wanted.

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useApp } from "../state/context";
import { Button, QUIET } from "../words/button";

interface Swept {
  sizes: number[];
  counts: number[];
  noise: number[];
  words: string[];
}

const SPARK = [240, 34] as const;
// UMAP's min_dist, in even steps to the eye.
const SPACINGS = [0, 0.03, 0.1, 0.25, 0.5, 0.8];

export function nearest(values: readonly number[], value: number): number {
  const apart = values.map((other) => Math.abs(other - value));
  return apart.indexOf(Math.min(...apart));
}

export function SizeOfClusters() {
  const { store, kernel } = useApp();
  const { size } = store.facts.clusters.value;
  const swept = useSignal<Swept | null>(null);
  const asking = useSignal(false);
  const wanted = useSignal<number | null>(null);
  const busy = useRef(false);
  if (size === null) return null;

  const ask = async () => {
    asking.value = true;
    swept.value = (await kernel.ask("sweep").catch(() => null)) as unknown as Swept | null;
    asking.value = false;
  };
  // A drag passes many sizes: while Python works on one, only the last is kept.
  const go = async () => {
    if (busy.current) return;
    busy.current = true;
    while (
      wanted.value !== null &&
      swept.value &&
      swept.value.sizes[wanted.value] !== store.facts.clusters.value.size
    ) {
      const tried = swept.value.sizes[wanted.value];
      await kernel.tell("recluster", { min_cluster_size: tried });
      if (store.facts.clusters.value.size !== tried) break;
    }
    busy.current = false;
    wanted.value = null;
  };
  if (!swept.value)
    return (
      <div class="nx-grain">
        <Button class="nx-button nx-finer" disabled={asking.value} onClick={ask}>
          {asking.value ? "Trying other sizes …" : "Fewer or more clusters …"}
        </Button>
        <span class="nx-grain-words">at least {size} items in each</span>
      </div>
    );
  const at = wanted.value ?? nearest(swept.value.sizes, size);
  return (
    <div class="nx-grain">
      <label class="nx-label" for="nx-size">
        Smallest cluster
      </label>
      <Spark swept={swept.value} at={at} />
      <input
        id="nx-size"
        type="range"
        class="nx-slider"
        aria-label="Smallest cluster"
        min={0}
        max={swept.value.sizes.length - 1}
        value={at}
        aria-valuetext={swept.value.words[at]}
        {...QUIET}
        onKeyDown={(e) => e.stopPropagation()}
        onInput={(e) => {
          wanted.value = Number(e.currentTarget.value);
          go();
        }}
      />
      <output class="nx-grain-words">{swept.value.words[at]}</output>
    </div>
  );
}

// Clusters as a line, unclustered items as a ground, each over its own range; a dot where the slider stands.
function Spark({ swept: { sizes, counts, noise }, at }: { swept: Swept; at: number }) {
  const [width, height] = SPARK;
  const x = (i: number) => 4 + (i / Math.max(sizes.length - 1, 1)) * (width - 8);
  const most = Math.log1p(Math.max(...counts, 1));
  const y = (n: number) => height - 4 - (Math.log1p(n) / most) * (height - 8);
  const ground = noise.map((share, i) => `${x(i)},${height - share * (height - 4)}`);
  return (
    <div class="nx-spark" aria-hidden="true">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
        <polygon
          points={[`${x(0)},${height}`, ...ground, `${x(sizes.length - 1)},${height}`].join(" ")}
          class="nx-spark-noise"
        />
        <polyline points={counts.map((n, i) => `${x(i)},${y(n)}`).join(" ")} class="nx-spark-clusters" />
        <circle cx={x(at)} cy={y(counts[at] ?? 0)} r={3} class="nx-spark-at" />
      </svg>
    </div>
  );
}

export function Spacing() {
  const { store, kernel } = useApp();
  const { spacing } = store.facts.clusters.value;
  const wanted = useSignal<number | null>(null);
  const busy = useRef(false);
  if (spacing < 0) return null;
  const go = async () => {
    if (busy.current) return;
    busy.current = true;
    while (wanted.value !== null && wanted.value !== store.facts.clusters.value.spacing) {
      const tried = wanted.value;
      await kernel.tell("redraw", { min_dist: tried });
      if (store.facts.clusters.value.spacing !== tried) break;
    }
    busy.current = false;
    wanted.value = null;
  };
  const shown = wanted.value ?? spacing;
  return (
    <div class="nx-grain nx-spacing">
      <output class="nx-grain-words">
        Spacing of items on the map: {shown}
        {shown === 0.1 ? " (usual)" : ""}
      </output>
      <input
        type="range"
        class="nx-slider"
        aria-label="Spacing of items"
        min={0}
        max={SPACINGS.length - 1}
        value={nearest(SPACINGS, shown)}
        aria-valuetext={String(shown)}
        {...QUIET}
        onKeyDown={(e) => e.stopPropagation()}
        onInput={(e) => {
          wanted.value = SPACINGS[Number(e.currentTarget.value)] ?? 0.1;
          go();
        }}
      />
    </div>
  );
}
