// The state: a signal for each fact, changed together; and what only the browser knows.

import { batch, type Signal, signal } from "@preact/signals";
import type { Model } from "../kernel/model";
import { type BoardFacts, type Facts, NAMES } from "./facts";

const SAID_MS = 1800;

export type Tool = "pan" | "lasso" | "box";
export type Lens = keyof BoardFacts;

// What a menu is about, and where it opens, in pixels of the window.
export interface MenuOf {
  of: "item" | "cluster" | "map";
  // Of an item its id, of a cluster its key.
  target: string;
  title: string;
  // Of an item the key of its cluster, and what that is called.
  cluster?: string;
  clusterTitle?: string;
  x: number;
  y: number;
}

// Boards where nobody says which there are.
const USUAL: readonly Lens[] = ["items", "item", "clusters", "columns", "about"];

type Signals = { readonly [Name in keyof Facts]: Signal<Facts[Name]> };

export class Store {
  readonly facts: Signals;
  readonly tool = signal<Tool>("pan");
  readonly lens = signal<Lens>("items");
  readonly full = signal(false);
  // Where there is room for one column: how high the lenses stand over the map.
  readonly sheet = signal<"low" | "half" | "high">("half");
  readonly menu = signal<MenuOf | null>(null);
  // Whether there is a menu to open: a page without Python has none.
  hasMenu = false;
  // What was done where nothing else shows it: "copied".
  readonly said = signal("");
  private saying: ReturnType<typeof setTimeout> | undefined;
  private readonly undo: (() => void)[] = [];

  constructor(model: Model) {
    const names: (keyof Facts)[] = [...NAMES, ...((model.get("boards") ?? USUAL) as Lens[])];
    const made: Partial<Record<keyof Facts, Signal<unknown>>> = {};
    for (const name of names) made[name] = signal(model.get(name));
    this.facts = made as unknown as Signals;
    // One message changes several facts: all of them are there when the first is heard of.
    const heard = () =>
      batch(() => {
        for (const name of names) (this.facts[name] as Signal<unknown>).value = model.get(name);
      });
    for (const name of names) {
      model.on(`change:${name}`, heard);
      this.undo.push(() => model.off(`change:${name}`, heard));
    }
  }

  say(words: string): void {
    this.said.value = words;
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      this.said.value = "";
    }, SAID_MS);
  }

  close(): void {
    clearTimeout(this.saying);
    for (const undo of this.undo.splice(0)) undo();
  }
}
