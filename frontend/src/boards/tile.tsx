// One item as a tile: its picture or its words, what it is called, where it belongs.

import { playing, stopPlaying, togglePlaying, wanted } from "../media/player";
import { Thumb } from "../media/Thumb";
import { useApp } from "../state/context";
import type { Tile } from "../state/facts";
import { Button, QUIET } from "../words/button";
import { Dot, Icon } from "../words/icons";
import { itemMenu, menuSpot, opensMenu } from "../words/menu";

interface Props {
  item: Tile;
  tabIndex?: number;
  isOpen?: boolean;
}

export function ItemTile({ item, tabIndex = 0, isOpen = false }: Props) {
  const { store, kernel, pictures } = useApp();
  const plays = (item.modality === "audio" || item.modality === "video") && !item.silent;
  const open = () => kernel.tell("inspect", { id: item.id });
  const play = () => {
    if (item.modality === "audio") return togglePlaying(kernel, item.id);
    // A film needs room: it plays where it is open.
    stopPlaying();
    wanted.value = item.id;
    return open();
  };
  // Space plays what can be played, and opens what can be looked at.
  const key = (event: KeyboardEvent) => {
    if (event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (plays) play();
    else if (isOpen) kernel.tell("inspect", { id: "" });
    else open();
  };
  const menu = (event: MouseEvent) => {
    if (opensMenu(event, store)) store.menu.value = itemMenu(item, menuSpot(event));
  };
  const isPlaying = playing.value === item.id;
  const score = item.score ? `, similarity ${item.score}` : item.strength ? `, strength ${item.strength} of 5` : "";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the menu key opens it on the button inside
    <div class="nx-tile-box" data-open={isOpen} onContextMenu={menu}>
      <button
        type="button"
        class="nx-tile"
        data-id={item.id}
        title={item.title}
        tabIndex={tabIndex}
        {...QUIET}
        aria-label={`${item.title}, ${item.modality}, ${item.cluster}${score}`}
        onClick={open}
        onKeyDown={key}
      >
        {item.words ? (
          <span class="nx-thumb nx-tile-words" dir="auto">
            {item.words}
          </span>
        ) : (
          <Thumb item={item} pictures={pictures} />
        )}
        <span class="nx-tile-title" dir="auto">
          {item.words?.startsWith(item.title.replace(/…$/, "")) ? item.cluster : item.title}
        </span>
        <span class="nx-tile-foot">
          {item.rank ? <span class="nx-tile-rank">{item.rank}</span> : null}
          <Dot color={store.facts.cluster_colors.value[item.code]} />
          <Icon name={item.modality} />
          <span class="nx-tile-kind">{item.foot ?? item.modality}</span>
          {item.score && (
            <span class="nx-score" title="cosine similarity">
              {item.score}
            </span>
          )}
          {item.strength && <Strength step={item.strength} why={item.why ?? ""} />}
        </span>
      </button>
      {plays && (
        <Button
          label={isPlaying ? `Stop ${item.title}` : `Play ${item.title}`}
          class="nx-play"
          tabIndex={tabIndex}
          aria-pressed={isPlaying}
          onClick={play}
        >
          <Icon name={isPlaying ? "pause" : "play"} />
        </Button>
      )}
    </div>
  );
}

// What sorts the results of a search, in five steps.
function Strength({ step, why }: { step: number; why: string }) {
  return (
    <span class="nx-strength" title={why} data-step={step} aria-hidden="true">
      {[1, 2, 3, 4, 5].map((at) => (
        <span key={at} data-on={at <= step} />
      ))}
    </span>
  );
}
