// The boards that are lenses on the slice, in the order of their tabs; a new one is one row here and one in Python.

import type { ComponentType } from "preact";
import { AboutBoard } from "./boards/about";
import { ClustersBoard } from "./boards/clusters";
import { ColumnsBoard } from "./boards/columns";
import { ItemsBoard } from "./boards/items";
import type { Lens } from "./state/store";

export const LENSES: readonly { name: Lens; title: string; board: ComponentType }[] = [
  { name: "items", title: "Items", board: ItemsBoard },
  { name: "clusters", title: "Clusters", board: ClustersBoard },
  { name: "columns", title: "Colours", board: ColumnsBoard },
  { name: "about", title: "About", board: AboutBoard },
];
