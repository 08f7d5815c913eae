// The open item, docked: as large as there is room, what it is, what is nearest to it.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Medium } from "../media/Medium";
import { useApp } from "../state/context";
import type { Item } from "../state/facts";
import { Button, QUIET } from "../words/button";
import { useFocusBack } from "../words/focus";
import { Dot, Icon } from "../words/icons";
import { count } from "../words/numbers";
import { ItemTile } from "./tile";

const MANY_ROWS = 24;

export function ItemBoard() {
  const { store, kernel } = useApp();
  const item = store.facts.item.value;
  const { total } = store.facts.items.value;
  const large = useSignal(false);
  const box = useRef<HTMLElement>(null);
  useFocusBack(box);
  const step = async (by: number) => {
    const answer = await kernel.ask("neighbor_in_slice", { step: by }).catch(() => null);
    if (answer?.id) kernel.tell("inspect", { id: answer.id });
  };
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
  }, [item.id]);
  if (!item.id) return null;
  const key = (event: KeyboardEvent) => {
    const typing = (event.target as HTMLElement).closest("audio, video, .nx-tile, input");
    const inControl = (event.target as HTMLElement).closest("button, summary");
    if (typing || !["ArrowLeft", "ArrowRight", " "].includes(event.key) || (inControl && event.key === " ")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === " ") {
      const player = box.current?.querySelector<HTMLMediaElement>("audio, video");
      if (!player) large.value = true;
      else if (player.paused) player.play().catch(() => undefined);
      else player.pause();
      return;
    }
    step(event.key === "ArrowLeft" ? -1 : 1);
  };
  const inSlice = (item.row ?? -1) >= 0;
  return (
    <section class="nx-inspector" ref={box} aria-label="Item" tabIndex={-1} data-id={item.id} onKeyDown={key}>
      <header class="nx-item-head">
        {item.can_go_back && (
          <Button label="Back" class="nx-plain nx-back" onClick={() => kernel.tell("back")}>
            <Icon name="back" />
          </Button>
        )}
        <div class="nx-item-name">
          <h3 dir="auto">{item.title}</h3>
          <p>
            <Icon name={item.modality ?? ""} />
            {[item.modality, item.span].filter(Boolean).join(" · ")}
            <span class="nx-item-cluster">
              <Dot color={store.facts.cluster_colors.value[item.code ?? 0]} />
              {item.cluster}
            </span>
          </p>
        </div>
        {inSlice && (
          <span class="nx-steps">
            <Button label="Item before" class="nx-plain" disabled={item.row === 0} onClick={() => step(-1)}>
              <Icon name="back" />
            </Button>
            <span>
              {count((item.row ?? 0) + 1)}/{count(total)}
            </span>
            <Button label="Item after" class="nx-plain" disabled={item.row === total - 1} onClick={() => step(1)}>
              <Icon name="next" />
            </Button>
          </span>
        )}
        <Button
          label="Full size"
          class="nx-plain nx-full-size"
          onClick={() => {
            large.value = true;
          }}
        >
          <Icon name="full" />
        </Button>
        <Button label="Close" class="nx-plain nx-close" onClick={() => kernel.tell("inspect", { id: "" })}>
          <Icon name="close" />
        </Button>
      </header>
      <p class="nx-around">
        <span>{item.around}</span>
        {(item.elsewhere ?? []).length > 0 && (
          <span>
            <svg viewBox="0 0 22 8" aria-hidden="true">
              <path d="M0 4H22" stroke-width="1.5" stroke-dasharray="5 3" />
            </svg>
            true, elsewhere
          </span>
        )}
        {(item.strangers ?? []).length > 0 && (
          <span>
            <svg viewBox="0 0 22 8" aria-hidden="true">
              <circle cx="11" cy="4" r="3.4" stroke-dasharray="2 2" />
            </svg>
            beside it, no true neighbour
          </span>
        )}
      </p>
      <div class="nx-media" data-modality={item.modality} key={item.id}>
        <Medium item={item} />
      </div>
      <h4>
        Nearest items <span>by cosine similarity</span>
      </h4>
      <div class="nx-near">
        {(item.nearest ?? []).map((near) => (
          <ItemTile key={near.id} item={near} />
        ))}
      </div>
      <details class="nx-details">
        <summary {...QUIET}>Details</summary>
        <Rows rows={item.rows ?? []} />
      </details>
      {large.value && (
        <Large
          item={item}
          close={() => {
            large.value = false;
          }}
        />
      )}
    </section>
  );
}

// The item in a window of its own. It stays open while what is beside it changes.
function Large({ item, close }: { item: Item; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      class="nx-large"
      ref={dialog}
      aria-label={item.title ?? "Item"}
      onClose={close}
      onKeyDown={(e) => e.stopPropagation()}
      {...QUIET}
    >
      <header class="nx-item-head">
        <h3 dir="auto">{item.title}</h3>
        <Button label="Close full size" class="nx-plain" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </Button>
      </header>
      <div class="nx-media" data-modality={item.modality}>
        <Medium item={item} large />
      </div>
    </dialog>
  );
}

// Names and values; of many, those that contain some words.
export function Rows({ rows }: { rows: readonly (readonly [string, string])[] }) {
  const words = useSignal("");
  const wanted = words.value.toLowerCase();
  const shown = wanted ? rows.filter((row) => row.some((part) => part.toLowerCase().includes(wanted))) : rows;
  return (
    <>
      {rows.length > MANY_ROWS && (
        <input
          class="nx-input nx-rows-find"
          type="search"
          placeholder={`Find in ${count(rows.length)} rows`}
          aria-label="Find in the details"
          {...QUIET}
          onKeyDown={(e) => e.stopPropagation()}
          onInput={(e) => {
            words.value = e.currentTarget.value;
          }}
        />
      )}
      <table class="nx-rows">
        <tbody>
          {shown.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td dir="auto">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
