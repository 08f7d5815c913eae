// Explanations in the page: the same overlay as in the app, in the place of the still one, where the medium is inside.

import { render } from "preact";
import { WhySide } from "../boards/why";
import { type App, AppContext } from "../state/context";
import { bytesFrom, type PageData } from "./data";
import type { PageItems } from "./items";

export function showExplanations(data: PageData, items: PageItems, app: App): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-explanation]")) {
    const number = Number(place.dataset.explanation);
    const one = data.explanations[number];
    const here = place.querySelector<HTMLElement>(".explained-app");
    const frames = (data.frames[number] ?? []).map((packed) => new DataView(bytesFrom(packed).buffer));
    if (!one || !here || !isInside(data, items, one.position, frames.length)) continue;
    here.classList.add("nx");
    render(
      <AppContext.Provider value={app}>
        <WhySide item={items.whole(one.position)} why={one.why} frames={frames} />
      </AppContext.Provider>,
      here,
    );
    place.dataset.runs = "true";
  }
}

// Whether all that the overlay lies on is in this file: of a sound that had no room, the still strip stays.
function isInside(data: PageData, items: PageItems, position: number, frames: number): boolean {
  const modality = items.modalityOf(position);
  if (modality === "text") return true;
  if (modality === "video") return frames > 0;
  return position in data.media || (modality !== "audio" && position in data.pictures);
}
