// Beside another map of the same items: which neighbours changed, which clusters are which.

import "./changes.css";
import { useSignal } from "@preact/signals";
import { useApp } from "../state/context";
import { Button, QUIET } from "../words/button";
import { Dot } from "../words/icons";
import { count } from "../words/numbers";
import { ItemTile } from "./tile";

declare module "../state/facts" {
  interface BoardFacts {
    changes: {
      sentence?: string;
      k?: number;
      // How many items keep at most 0, 1, … of their nearest.
      counts?: number[];
      matched?: { left: string; right: string; key: string; share: string; color: string }[];
      gone?: string[];
      new?: { name: string; key: string; color: string }[];
      changed?: Tile[];
    };
  }
}

export function ChangesBoard() {
  const { store, kernel } = useApp();
  const {
    sentence,
    k = 0,
    counts = [],
    matched = [],
    gone = [],
    new: added = [],
    changed = [],
  } = store.facts.changes.value;
  const most = useSignal(0);
  if (!sentence) return <p class="nx-quiet">Two maps are compared by nova_explore.show(a, b).</p>;
  return (
    <div class="nx-changes">
      <p>{sentence}</p>
      <label class="nx-label">
        {count(counts[most.value] ?? 0)} items keep at most {most.value} of {k} nearest
        <input
          type="range"
          class="nx-slider"
          min={0}
          max={k}
          value={most.value}
          aria-label="Neighbours kept at most"
          onInput={(event) => {
            most.value = Number(event.currentTarget.value);
          }}
          onChange={() => kernel.tell("choose_changed", { most: most.value })}
          {...QUIET}
        />
      </label>
      <Button class="nx-button" onClick={() => kernel.tell("choose_changed", { most: most.value })}>
        Show them on both maps
      </Button>
      <h4>
        Clusters that are the same <span>on the left and here, by the items they share</span>
      </h4>
      <ul>
        {matched.map(({ left, right, key, share, color }) => (
          <li key={key}>
            <Button class="nx-entry" onClick={() => kernel.tell("choose_cluster", { key })}>
              <Dot color={color} />
              <span class="nx-entry-name" dir="auto">
                {left === right ? right : `${left} → ${right}`}
              </span>
              <span class="nx-share">{share}</span>
            </Button>
          </li>
        ))}
      </ul>
      {added.length > 0 && (
        <>
          <h4>Only here</h4>
          <ul>
            {added.map(({ name, key, color }) => (
              <li key={key}>
                <Button class="nx-entry" onClick={() => kernel.tell("choose_cluster", { key })}>
                  <Dot color={color} />
                  <span class="nx-entry-name" dir="auto">
                    {name}
                  </span>
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      {gone.length > 0 && (
        <p class="nx-quiet">
          Only on the left: <span dir="auto">{gone.join(" · ")}</span>
        </p>
      )}
      <h4>Changed most</h4>
      <div class="nx-near">
        {changed.map((tile) => (
          <ItemTile key={tile.id} item={tile} />
        ))}
      </div>
    </div>
  );
}
