// The words to look for in the page: it follows the keys, as nothing has to be asked of anybody.

import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../state/context";
import { Icon } from "../words/icons";

const REST_MS = 200;

export function PageSearch() {
  const { store, kernel } = useApp();
  const { query, items } = store.facts;
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    // What is being typed stays; what was cleared elsewhere goes.
    if (input.current && document.activeElement !== input.current) input.current.value = query.value;
  }, [query.value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const go = () => {
    clearTimeout(timer.current);
    const words = input.current!.value.trim();
    if (words === query.value) return;
    if (words) store.lens.value = "items";
    kernel.tell("search", { query: words });
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter") go();
    if (event.key !== "Escape" || !input.current!.value) return;
    event.preventDefault();
    input.current!.value = "";
    go();
  };
  return (
    <div class="nx-search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        class="nx-query"
        placeholder={items.value.placeholder}
        aria-label="Search"
        autocomplete="off"
        spellcheck={false}
        onKeyDown={key}
        onInput={() => {
          clearTimeout(timer.current);
          timer.current = setTimeout(go, REST_MS);
        }}
      />
    </div>
  );
}
