// The slice from within: a heat map of how alike its items are, what stands out in it, what sets it apart.

import "./matrix.css";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useApp } from "../state/context";
import type { Tile } from "../state/facts";
import { Button } from "../words/button";
import { count } from "../words/numbers";
import type { Cluster } from "./bands";
import { HeatMap } from "./heatMap";
import { ItemTile } from "./tile";

declare module "../state/facts" {
  interface BoardFacts {
    matrix: Record<string, never>;
  }
}

export interface Matrix {
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
  const told = useSignal<Matrix | null>(null);
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
          ...(answer as unknown as Matrix),
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
          <HeatMap matrix={matrix} key={matrix.serial} />
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

function Stands({ matrix }: { matrix: Matrix }) {
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
