// What every part of the app can reach.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Kernel } from "../kernel/kernel";
import type { Pictures } from "../kernel/pictures";
import type { Store } from "./store";

export interface App {
  store: Store;
  kernel: Kernel;
  pictures: Pictures;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("a part of the app is drawn outside of it");
  return app;
}
