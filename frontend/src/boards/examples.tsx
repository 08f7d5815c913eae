// Beside the search box: items and files that results should be like or unlike, and the searches of the session.

import "./examples.css";
import { useEffect, useRef } from "preact/hooks";
import type { Verb } from "../boards";
import type { App } from "../state/context";
import { useApp } from "../state/context";
import { Button, QUIET } from "../words/button";
import { Icon } from "../words/icons";

interface Part {
  sign: 1 | -1;
  title: string;
  id: string;
}

declare module "../state/facts" {
  interface BoardFacts {
    examples: { parts: Part[]; searches: string[]; now: string };
  }
}

const MOST_BYTES = 64 * 2 ** 20;
const TYPES = "image/*,audio/*,video/*,.pdf,.txt,.md";

function ask({ kernel, store }: App, id: string, sign: 1 | -1): void {
  store.lens.value = "items";
  kernel.tell("ask_part", { id, sign });
}

export const EXAMPLE_VERBS: readonly Verb[] = [
  { of: "item", label: "More like this", act: (app, id) => ask(app, id, 1) },
  { of: "item", label: "Less like this", act: (app, id) => ask(app, id, -1) },
];

async function askFile({ kernel, store }: App, file: File): Promise<void> {
  if (file.size > MOST_BYTES) {
    store.say(`${file.name} is larger than 64 MB`);
    return;
  }
  store.lens.value = "items";
  await kernel.tell("ask_file", { name: file.name, sign: 1 }, await file.arrayBuffer());
}

// A picture that was copied has no name of its own.
function fileOf(data: DataTransfer | null): File | null {
  return data?.files[0] ?? null;
}

export function ExampleParts() {
  const app = useApp();
  const { store, kernel } = app;
  const { parts, searches, now } = store.facts.examples.value;
  const box = useRef<HTMLSpanElement>(null);
  const chosen = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const whole = box.current?.closest<HTMLElement>(".nx");
    if (!whole) return;
    const paste = (event: ClipboardEvent) => {
      const file = fileOf(event.clipboardData);
      if (!file) return;
      event.preventDefault();
      event.stopPropagation();
      askFile(app, file);
    };
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      whole.dataset.drop = "true";
    };
    const leave = (event: DragEvent) => {
      if (!whole.contains(event.relatedTarget as Node | null)) delete whole.dataset.drop;
    };
    const drop = (event: DragEvent) => {
      delete whole.dataset.drop;
      const file = fileOf(event.dataTransfer);
      if (!file) return;
      event.preventDefault();
      event.stopPropagation();
      askFile(app, file);
    };
    whole.addEventListener("paste", paste);
    whole.addEventListener("dragover", over);
    whole.addEventListener("dragleave", leave);
    whole.addEventListener("drop", drop);
    return () => {
      whole.removeEventListener("paste", paste);
      whole.removeEventListener("dragover", over);
      whole.removeEventListener("dragleave", leave);
      whole.removeEventListener("drop", drop);
    };
  }, [app]);
  return (
    <>
      <span class="nx-ask" ref={box}>
        <Button
          label="Search for what is like a file; a picture or sound can be pasted or dropped in as well"
          class="nx-plain nx-ask-file"
          onClick={() => chosen.current?.click()}
        >
          <Icon name="plus" />
        </Button>
        <input
          ref={chosen}
          type="file"
          accept={TYPES}
          hidden
          aria-label="File to search with"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) askFile(app, file);
            event.currentTarget.value = "";
          }}
        />
      </span>
      {(parts.length > 0 || searches.length > 1) && (
        <span class="nx-example-parts">
          {parts.map(({ sign, title }, place) => (
            <span key={`${sign} ${title} ${place}`} class="nx-part" data-sign={sign}>
              <Button
                label={sign > 0 ? `like ${title}: turn it into unlike` : `unlike ${title}: turn it into like`}
                class="nx-part-sign"
                onClick={() => kernel.tell("turn_part", { place })}
              >
                {sign > 0 ? "like" : "unlike"}
              </Button>
              <span dir="auto">{title}</span>
              <Button
                label={`Search without ${title}`}
                class="nx-plain"
                onClick={() => kernel.tell("drop_part", { place })}
              >
                <Icon name="close" />
              </Button>
            </span>
          ))}
          {searches.length > 1 && (
            <select
              class="nx-searches"
              aria-label="Searches of this session"
              value={now}
              onChange={(event) => {
                const name = event.currentTarget.value;
                store.lens.value = "items";
                if (name) kernel.tell("search_again", { name });
              }}
              {...QUIET}
            >
              <option value="">{searches.length} searches so far</option>
              {searches.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </span>
      )}
    </>
  );
}
