// The boards that are lenses on the slice, in the order of their tabs: one row here and one in Python's `boards`.

import type { ComponentType } from "preact";
import { AboutBoard } from "./boards/about";
import { ClustersBoard } from "./boards/clusters";
import { ColumnsBoard } from "./boards/columns";
import { ItemsBoard } from "./boards/items";
import type { App } from "./state/context";
import type { BoardFacts } from "./state/facts";

// What a person can do with an item or a cluster, offered in the menu of the map, of tiles and of rows.
export interface Verb {
  of: "item" | "cluster";
  label: string;
  // Of an item its id, of a cluster its key.
  act: (app: App, target: string) => void;
}

export interface Board {
  name: keyof BoardFacts;
  title: string;
  board: ComponentType;
  verbs?: readonly Verb[];
}

export const LENSES: readonly Board[] = [
  { name: "items", title: "Items", board: ItemsBoard },
  { name: "clusters", title: "Clusters", board: ClustersBoard },
  { name: "columns", title: "Colours", board: ColumnsBoard },
  { name: "about", title: "About", board: AboutBoard },
];
