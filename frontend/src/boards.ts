// The boards that are lenses on the slice, in the order of their tabs: one row here and one in Python's `boards`.

import type { ComponentType } from "preact";
import { AboutBoard } from "./boards/about";
import { ChangesBoard } from "./boards/changes";
import { ClustersBoard } from "./boards/clusters";
import { ColumnsBoard } from "./boards/columns";
import { ConceptBoard, markAs } from "./boards/concept";
import { CopiesBoard } from "./boards/copies";
import { EXAMPLE_VERBS } from "./boards/examples";
import { FairnessBoard } from "./boards/fairness";
import { HandoverBoard } from "./boards/handover";
import { ItemsBoard } from "./boards/items";
import { JudgingBoard } from "./boards/judging";
import { MatrixBoard } from "./boards/matrix";
import { PAIR_VERBS, PairBoard } from "./boards/pair";
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
  // Kept among the boards, behind one tab of that name.
  shelved?: boolean;
  // Whether there is a tab for it; there always is where nothing says when.
  when?: (app: App) => boolean;
}

export const LENSES: readonly Board[] = [
  { name: "items", title: "Items", board: ItemsBoard, verbs: EXAMPLE_VERBS },
  { name: "clusters", title: "Clusters", board: ClustersBoard },
  { name: "pair", title: "Pair", board: PairBoard, verbs: PAIR_VERBS },
  { name: "columns", title: "Colours", board: ColumnsBoard, shelved: true },
  { name: "matrix", title: "Matrix", board: MatrixBoard, shelved: true },
  { name: "copies", title: "Copies", board: CopiesBoard, shelved: true },
  {
    name: "changes",
    title: "Changes",
    board: ChangesBoard,
    shelved: true,
    when: ({ store }) => store.facts.changes.value.sentence !== undefined,
  },
  {
    name: "concept",
    title: "Learn",
    board: ConceptBoard,
    shelved: true,
    verbs: [
      { of: "item", label: "Mark as like the concept", act: ({ store }, id) => markAs(store, "like", [{ id }]) },
      { of: "item", label: "Mark as not the concept", act: ({ store }, id) => markAs(store, "unlike", [{ id }]) },
    ],
  },
  { name: "judging", title: "Judging", board: JudgingBoard, shelved: true },
  { name: "fairness", title: "Fairness", board: FairnessBoard, shelved: true },
  { name: "handover", title: "Take away", board: HandoverBoard, shelved: true },
  { name: "about", title: "About", board: AboutBoard },
];
