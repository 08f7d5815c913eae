// Take it away: what, and as which file. Python makes it, the browser saves it.

import "./handover.css";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useApp } from "../state/context";
import { Button, QUIET } from "../words/button";
import { count } from "../words/numbers";

export interface Handover {
  all: number;
  version: number;
  library: string;
  read_only: boolean;
}

declare module "../state/facts" {
  interface BoardFacts {
    handover: Handover;
  }
}

type What = "selection" | "labels" | "all";

const TABLES: [string, string, string][] = [
  ["csv", "CSV", "a row an item; nothing in it runs in a spreadsheet"],
  ["json", "JSON", "an object an item"],
  ["parquet", "Parquet", "for data frames"],
  ["html", "HTML", "a page that hovers, lassos and plays, without Python and network"],
  ["media", "Media", "copies in a folder a label, with a manifest, zipped"],
  ["xmp", "XMP", "sidecars with labels and tags as keywords, zipped"],
];
const MAPS: [string, string, string][] = [
  ["png", "PNG", "the map as a picture"],
  ["svg", "SVG", "the map as a drawing"],
];

export function HandoverBoard() {
  const { store, kernel } = useApp();
  const { all, version, library, read_only: readOnly } = store.facts.handover.value;
  const labelled = useSignal(0);
  const { kind, total } = store.facts.items.value;
  const selected = kind === "selection" ? total : 0;
  const wanted = useSignal<What | null>(null);
  const busy = useSignal("");
  const said = useSignal("");
  const file = useRef<HTMLInputElement>(null);
  // Two apps on one page are two groups of choices.
  const group = useRef(`nx-what-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`);
  const choices: [What, string, number][] = [
    ["selection", "the selection", selected],
    ["labels", "what has a label or a tag", labelled.value],
    ["all", "everything", all],
  ];
  useEffect(() => {
    kernel.ask("labelled").then(
      (answer) => {
        labelled.value = answer.count as number;
      },
      () => undefined,
    );
  }, [version]);
  // What a person has selected is what a person wants, until something else is chosen.
  const usual: What = selected ? "selection" : "all";
  const chosen = choices.find(([what, , n]) => what === wanted.value && n > 0)?.[0] ?? usual;
  const run = async (form: string, what: string, details: Record<string, unknown>) => {
    busy.value = form;
    said.value = "";
    const answer = await kernel.ask(what, details).catch(() => null);
    busy.value = "";
    if (!answer) return;
    if (answer.buffers.length) save(answer.name as string, answer.mime as string, answer.buffers[0]!);
    said.value = answer.where ? `Written beside the media in ${answer.where}` : `Saved as ${answer.name}`;
  };
  const take = (form: string) => run(form, "take_away", { part: chosen, form });
  const open = async () => {
    const text = await file.current?.files?.[0]?.text();
    if (text === undefined) return;
    const answer = await kernel.ask("open_view", { text }).catch(() => null);
    if (file.current) file.current.value = "";
    if (answer) said.value = ["The view is shown.", ...(answer.missing as string[])].join(" ");
  };
  const forms = (list: typeof TABLES) => (
    <div class="nx-takes">
      {list.map(([form, title, what]) => (
        <Button key={form} class="nx-take" data-form={form} disabled={busy.value !== ""} onClick={() => take(form)}>
          <span>{busy.value === form ? `${title} is being written …` : title}</span>
          <span class="nx-quiet">{what}</span>
        </Button>
      ))}
    </div>
  );
  return (
    <div class="nx-away">
      <fieldset>
        <legend>What</legend>
        {choices.map(([what, words, n]) => (
          <label key={what} class="nx-what">
            <input
              type="radio"
              name={group.current}
              value={what}
              checked={chosen === what}
              disabled={!n}
              {...QUIET}
              onKeyDown={(e) => e.stopPropagation()}
              onChange={() => {
                wanted.value = what;
              }}
            />
            {words} <span class="nx-count">{count(n)}</span>
          </label>
        ))}
      </fieldset>
      <section aria-label="Items">
        <h3 class="nx-small-head">The items</h3>
        {forms(TABLES)}
      </section>
      <section aria-label="Map">
        <h3 class="nx-small-head">The map</h3>
        {forms(MAPS)}
      </section>
      <section aria-label="Written back">
        <h3 class="nx-small-head">Where you work</h3>
        <div class="nx-takes">
          {!readOnly && (
            <Button
              class="nx-take"
              data-form="beside"
              disabled={busy.value !== ""}
              onClick={() => run("beside", "write_beside", { part: chosen })}
            >
              <span>XMP beside the media</span>
              <span class="nx-quiet">NAME.ext.xmp, read by photo programs; the originals stay as they are</span>
            </Button>
          )}
          <Button
            class="nx-take"
            data-form="view"
            disabled={busy.value !== ""}
            onClick={() => run("view", "save_view", {})}
          >
            <span>This view</span>
            <span class="nx-quiet">slice, colours and clusters as JSON</span>
          </Button>
          <Button class="nx-take" data-form="open" onClick={() => file.current?.click()}>
            <span>Open a view …</span>
            <span class="nx-quiet">what was saved as JSON</span>
          </Button>
          <input
            ref={file}
            class="nx-file"
            type="file"
            accept=".json,application/json"
            aria-label="A view to open"
            tabIndex={-1}
            onChange={open}
          />
        </div>
      </section>
      {said.value && <p role="status">{said.value}</p>}
      <p class="nx-quiet">In Python:</p>
      <code>{`nx.export(exploration, "${library}.csv", what="${chosen}")`}</code>
    </div>
  );
}

function save(name: string, mime: string, data: DataView): void {
  const url = URL.createObjectURL(new Blob([data as BlobPart], { type: mime }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
