// What a notebook keeps of the app: a still picture, and none of the code and the columns that draw it.

import type { HostModel } from "./model";

const KEPT = [
  "_model_module",
  "_model_module_version",
  "_model_name",
  "_view_module",
  "_view_module_version",
  "_view_name",
  "_view_count",
  "_dom_classes",
  "_anywidget_id",
  "_esm",
  "_css",
  "layout",
  "tabbable",
  "tooltip",
  "still",
];

const STILL = `export default { render({ model, el }) {
  const img = document.createElement("img");
  img.src = model.get("still");
  img.style.maxWidth = "100%";
  const words = document.createElement("p");
  words.textContent = "A still picture: run the cell to work with the map.";
  el.replaceChildren(img, words);
} };`;

const changed = new WeakSet<HostModel>();

export function keepOnlyStill(host: HostModel): void {
  const whole = host.get_state?.bind(host);
  if (!whole || changed.has(host)) return;
  changed.add(host);
  host.get_state = (dropDefaults) => {
    const state = whole(dropDefaults);
    const kept = Object.fromEntries(Object.entries(state).filter(([name]) => KEPT.includes(name)));
    return { ...kept, _esm: STILL, _css: "" };
  };
}
