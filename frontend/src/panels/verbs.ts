// What a menu offers: the verbs of the app, and those that boards bring.

import { LENSES } from "../boards";
import type { App } from "../state/context";
import type { MenuOf } from "../state/store";
import { copyWords } from "../words/clipboard";

export interface Offer {
  label: string;
  act: () => void;
  // Above it a line.
  apart?: boolean;
}

export function offersOf(app: App, menu: MenuOf): Offer[] {
  const { store, kernel } = app;
  const of = menu.of;
  const offers: Offer[] = [];
  const cluster = of === "cluster" ? menu.target : menu.cluster;
  if (of === "item")
    offers.push(
      { label: "Open", act: () => kernel.tell("inspect", { id: menu.target }) },
      {
        label: "Find like this",
        act: () => {
          store.lens.value = "items";
          kernel.tell("search_like", { id: menu.target });
        },
      },
    );
  if (cluster !== undefined) offers.push(...offersOfCluster(app, cluster, of === "cluster" ? "" : menu.clusterTitle));
  if (of !== "map")
    offers.push(
      ...LENSES.flatMap(({ verbs }) => verbs ?? [])
        .filter((verb) => verb.of === of)
        .map((verb, i) => ({ label: verb.label, act: () => verb.act(app, menu.target), apart: i === 0 })),
    );
  const { undo = "", redo = "" } = store.facts.history.value ?? {};
  if (of === "map") {
    if (store.facts.items.value.kind !== "typical")
      offers.push({ label: "Clear the slice", act: () => kernel.tell("clear") });
    if (undo) offers.push({ label: `Undo: ${undo}`, act: () => kernel.tell("undo") });
    if (redo) offers.push({ label: `Redo: ${redo}`, act: () => kernel.tell("redo") });
    offers.push({ label: "Copy the slice as Python", act: () => copySlice(app) });
  }
  if (of === "item") {
    offers.push({ label: "Copy id", act: () => copy(app, menu.target, "id"), apart: true });
    offers.push({
      label: "Copy as Python",
      act: () => copy(app, `app.inspect(${pythonText(menu.target)})`, "line of Python"),
    });
  }
  if (of === "cluster")
    offers.push(
      { label: "Copy name", act: () => copy(app, menu.title, "name"), apart: true },
      {
        label: "Copy as Python",
        act: () => copy(app, `app.do('choose_cluster', key=${pythonText(menu.target)})`, "line of Python"),
      },
    );
  if (undo) offers.push({ label: "Copy all steps as Python", act: () => copySteps(app) });
  return offers;
}

function offersOfCluster({ store, kernel }: App, key: string, title: string | undefined): Offer[] {
  const { column, columns, muted } = store.facts;
  const offers: Offer[] = [
    {
      label: title ? `Select its cluster: ${title}` : "Select its items",
      act: () => kernel.tell("choose_cluster", { key }),
    },
  ];
  if (column.value !== "cluster") return offers;
  const others = columns.value.entries.map((entry) => entry.key).filter((other) => other !== key);
  const isOff = muted.value.includes(key);
  return [
    ...offers,
    { label: "Only this cluster", act: () => kernel.tell("mute", { keys: others }) },
    {
      label: isOff ? "Show this cluster again" : "All but this cluster",
      act: () =>
        kernel.tell("mute", { keys: isOff ? muted.value.filter((other) => other !== key) : [...muted.value, key] }),
    },
    ...(muted.value.length ? [{ label: "Show all clusters", act: () => kernel.tell("mute", { keys: [] }) }] : []),
  ];
}

export async function copy({ store }: App, words: string, what: string): Promise<void> {
  store.say((await copyWords(words)) ? `Copied the ${what}` : "This page may not copy");
}

export async function copySlice(app: App): Promise<void> {
  const answer = await app.kernel.ask("line_of_slice").catch(() => null);
  if (answer) await copy(app, answer.line as string, "line of Python");
}

async function copySteps(app: App): Promise<void> {
  const answer = await app.kernel.ask("lines").catch(() => null);
  const lines = (answer?.lines ?? []) as string[];
  if (lines.length) await copy(app, lines.join("\n"), `${lines.length} lines of Python`);
}

// A text as Python writes it: JSON's escapes are Python's, but for the halves of letters beyond 65,536.
export function pythonText(text: string): string {
  return JSON.stringify(text).replace(
    /\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/gi,
    (_, high: string, low: string) =>
      String.fromCharCode(Number.parseInt(high, 16)) + String.fromCharCode(Number.parseInt(low, 16)),
  );
}
