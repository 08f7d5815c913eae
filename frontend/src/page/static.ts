// What stands in the page without the app: pictures beside clusters and findings, and buttons that lead to their items.

import type { PageData } from "./data";

const INLINE = "data:image/webp;base64,";

const drawn = (): HTMLImageElement[] => [...document.querySelectorAll<HTMLImageElement>("img[data-item]")];

// A picture that stands in the page is in it once: the app takes it from there.
export function collectPictures(data: PageData): void {
  for (const img of drawn()) {
    const address = img.getAttribute("src") ?? "";
    if (address.startsWith(INLINE)) data.pictures[img.dataset.item!] ??= address.slice(INLINE.length);
  }
}

export function fillPictures(data: PageData): void {
  for (const img of drawn()) {
    const packed = data.pictures[img.dataset.item!];
    if (packed && !img.hasAttribute("src")) img.src = INLINE + packed;
  }
}

export function whenAsked(ask: (what: string, details: Record<string, unknown>) => void): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-asks]")) {
    const { asks = "", cluster, finding, id } = button.dataset;
    button.disabled = false;
    button.addEventListener("click", () => ask(asks, { key: cluster, place: Number(finding), id }));
  }
}
