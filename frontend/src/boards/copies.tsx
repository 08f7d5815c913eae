// Copies side by side: what differs, which is kept; the others are tagged, and nothing is deleted.

import "./copies.css";
import { useSignal } from "@preact/signals";
import { useApp } from "../state/context";
import type { Tile } from "../state/facts";
import { Button, QUIET } from "../words/button";
import { count } from "../words/numbers";
import { ItemTile } from "./tile";

interface Copy extends Tile {
  name: string;
  differs: [string, string][];
  keep: boolean;
  tagged: boolean;
}

interface Group {
  group: number;
  how: string;
  count: number;
  items: Copy[];
}

declare module "../state/facts" {
  interface BoardFacts {
    copies: { sentence: string; tag: string; groups: Group[]; more?: number; alike: Tile[][]; unread?: number };
  }
}

export function CopiesBoard() {
  const { store, kernel } = useApp();
  const { sentence, tag, groups, more, alike, unread } = store.facts.copies.value;
  const looking = useSignal(false);
  const look = async () => {
    looking.value = true;
    await kernel.tell("look_for_copies");
    looking.value = false;
  };
  const untagged = groups.some(({ items }) => items.some((item) => !item.keep && !item.tagged));
  if (!sentence)
    return (
      <div class="nx-copies">
        <p class="nx-quiet">
          Items that are the same content saved again: smaller, re-encoded, mirrored, cut a little. Nothing is deleted.
        </p>
        <Button class="nx-button" disabled={looking.value} onClick={look}>
          {looking.value ? "looking …" : "Look for copies"}
        </Button>
      </div>
    );
  return (
    <div class="nx-copies">
      <p>{sentence}</p>
      {groups.length > 0 && (
        <div class="nx-copies-verbs">
          <Button class="nx-button" disabled={!untagged} onClick={() => kernel.tell("tag_copies")}>
            Tag all but the kept ones “{tag}”
          </Button>
          <Button
            class="nx-button"
            onClick={() => {
              kernel.tell("choose_copies");
              store.lens.value = "items";
            }}
          >
            Show them as the slice
          </Button>
        </div>
      )}
      {groups.map((group) => (
        <GroupRow key={group.group} group={group} />
      ))}
      {(more ?? 0) > 0 && <p class="nx-quiet">and {count(more ?? 0)} more groups: tagging means them as well</p>}
      {(unread ?? 0) > 0 && (
        <p class="nx-quiet">{count(unread ?? 0)} items could not be read now, and count as look-alikes at most.</p>
      )}
      {alike.length > 0 && (
        <details>
          <summary {...QUIET}>Look-alikes that are no copies: {count(alike.length)} groups</summary>
          {alike.map((tiles) => (
            <div key={tiles[0]?.id} class="nx-near nx-alike">
              {tiles.map((tile) => (
                <ItemTile key={tile.id} item={tile} />
              ))}
            </div>
          ))}
        </details>
      )}
    </div>
  );
}

function GroupRow({ group }: { group: Group }) {
  const { kernel } = useApp();
  const left = group.items.some((item) => !item.keep && !item.tagged);
  return (
    <section class="nx-copy-group" aria-label={`${group.count} copies: ${group.how}`}>
      <header>
        <b>{count(group.count)} copies</b>
        <span class="nx-quiet">{group.how}</span>
        <Button class="nx-verb" disabled={!left} onClick={() => kernel.tell("tag_copies", { group: group.group })}>
          {left ? "Tag the rest" : "tagged"}
        </Button>
      </header>
      <div class="nx-copy-items">
        {group.items.map((item) => (
          <figure key={item.id} class="nx-copy-item" data-keep={item.keep} data-tagged={item.tagged}>
            <ItemTile item={item} />
            <label>
              <input
                type="radio"
                name={`keep-${group.group}`}
                checked={item.keep}
                onChange={() => kernel.tell("keep_copy", { group: group.group, id: item.id })}
                {...QUIET}
              />
              {item.keep ? "kept" : item.tagged ? "tagged" : "keep this one"}
            </label>
            <p class="nx-copy-name" title={item.name} dir="auto">
              {item.name}
            </p>
            <dl>
              {item.differs.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd dir="auto">{value}</dd>
                </div>
              ))}
            </dl>
          </figure>
        ))}
      </div>
    </section>
  );
}
