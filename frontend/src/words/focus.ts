// What opens takes the focus, and gives it back where it closes: to what had it, also where that was drawn anew.

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

const NAMES = ["data-id", "data-key"] as const;
const TAKES_FOCUS = "button:not(:disabled), input:not(:disabled), select, summary, [href], [tabindex]";

// What has the focus, also in a shadow tree, of which the document knows the host alone.
export function focused(): HTMLElement | null {
  let el = document.activeElement;
  while (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
  return el as HTMLElement | null;
}

// Gives the focus back, when this closes, to what had it when it opened.
export function useFocusBack(box: RefObject<HTMLElement | null>): void {
  const giveBack = useRef<(() => void) | null>(null);
  giveBack.current ??= remembered();
  useLayoutEffect(
    () => () => {
      const el = box.current;
      if (!el?.contains(focused())) return;
      // While a dialog is open, nothing outside of it takes the focus.
      for (const dialog of [el, ...el.querySelectorAll("dialog")])
        if (dialog instanceof HTMLDialogElement && dialog.open) dialog.close();
      giveBack.current!();
    },
    [],
  );
}

function remembered(): () => void {
  const before = focused();
  const within: HTMLElement[] = [];
  for (let el = before; el && !el.matches("body, .nx"); el = el.parentElement) within.push(el);
  const same = before && sameAs(before);
  return () => {
    if (takesIt(before)) return;
    const there = within.filter((el) => el.isConnected);
    // The same of the same item; where it is gone, the nearest place that takes the focus.
    if (same && there.some((el) => takesIt(el.querySelector(same)))) return;
    there.some((el) => takesIt(el.matches(TAKES_FOCUS) ? el : el.querySelector(TAKES_FOCUS)));
  };
}

function takesIt(el: Element | null): boolean {
  if (!(el instanceof HTMLElement) || !el.isConnected) return false;
  el.focus({ preventScroll: true });
  return focused() === el;
}

// How what shows the same item or cluster is found again.
function sameAs(el: HTMLElement): string {
  const owner = el.closest(NAMES.map((name) => `[${name}]`).join());
  const name = NAMES.find((one) => owner?.hasAttribute(one));
  if (!owner || !name) return "";
  const own = (one: Element) => (one.classList[0] ? `.${CSS.escape(one.classList[0])}` : one.localName);
  const selector = `${own(owner)}[${name}="${CSS.escape(owner.getAttribute(name)!)}"]`;
  return owner === el ? selector : `${selector} ${own(el)}`;
}
