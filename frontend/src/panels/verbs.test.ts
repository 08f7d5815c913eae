import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { LENSES } from "../boards";
import type { App } from "../state/context";
import { type MenuOf, Store } from "../state/store";
import { offersOf, pythonText } from "./verbs";

function appWith(facts: Record<string, unknown>): { app: App; told: [string, unknown][] } {
  const told: [string, unknown][] = [];
  const values: Record<string, unknown> = {
    boards: ["items", "columns"],
    items: { kind: "typical" },
    columns: { entries: ["0", "1", "2"].map((key) => ({ key })) },
    column: "cluster",
    muted: [],
    history: { undo: "", redo: "" },
    ...facts,
  };
  const model = { get: (name: string) => values[name], set() {}, save_changes() {}, send() {}, on() {}, off() {} };
  const kernel = {
    tell: async (what: string, details: unknown) => void told.push([what, details]),
    python: signal("ready"),
  };
  return { app: { store: new Store(model), kernel, pictures: {} } as unknown as App, told };
}

const ITEM: MenuOf = { of: "item", target: "a'b", title: "A", cluster: "1", clusterTitle: "birds", x: 0, y: 0 };
const labels = (app: App, menu: MenuOf) => offersOf(app, menu).map(({ label }) => label);

describe("the menu", () => {
  it("offers for an item to open it, to find its like, and its cluster", () => {
    const { app, told } = appWith({});
    expect(labels(app, ITEM)).toEqual([
      "Open",
      "Find like this",
      "Select its cluster: birds",
      "Only this cluster",
      "All but this cluster",
      ...LENSES.flatMap(({ verbs = [] }) => verbs.filter(({ of }) => of === "item").map(({ label }) => label)),
      "Copy id",
      "Copy as Python",
    ]);
    offersOf(app, ITEM)[3]!.act();
    expect(told.at(-1)).toEqual(["mute", { keys: ["0", "2"] }]);
    offersOf(app, ITEM)[4]!.act();
    expect(told.at(-1)).toEqual(["mute", { keys: ["1"] }]);
  });

  it("offers to grey clusters only where the map is coloured by them", () => {
    expect(labels(appWith({ column: "year" }).app, ITEM)).not.toContain("Only this cluster");
  });

  it("offers to bring back what is greyed", () => {
    const { app, told } = appWith({ muted: ["1"] });
    expect(labels(app, ITEM)).toContain("Show all clusters");
    offersOf(app, ITEM)
      .find(({ label }) => label === "Show this cluster again")!
      .act();
    expect(told.at(-1)).toEqual(["mute", { keys: [] }]);
  });

  it("offers on the ground of the map what can be undone and cleared", () => {
    const menu: MenuOf = { of: "map", target: "", title: "", x: 0, y: 0 };
    expect(labels(appWith({}).app, menu)).toEqual(["Copy the slice as Python"]);
    const { app } = appWith({ items: { kind: "search" }, history: { undo: "Slice: dog", redo: "" } });
    expect(labels(app, menu)).toEqual([
      "Clear the slice",
      "Undo: Slice: dog",
      "Copy the slice as Python",
      "Copy all steps as Python",
    ]);
  });
});

describe("a text as Python writes it", () => {
  it("keeps quotes, backslashes, ends of lines and letters beyond 65,536", () => {
    expect(pythonText(`a"b'c`)).toBe(`"a\\"b'c"`);
    expect(pythonText("a\\b\nc")).toBe(`"a\\\\b\\nc"`);
    expect(pythonText("🐕")).toBe(`"🐕"`);
  });
});
