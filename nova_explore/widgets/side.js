// Beside the map: the legend, and one item in full.

function buildLegend(kernel) {
  const list = h("ul", { class: "nx-legend-list" });
  const bar = h("div", { class: "nx-bar-row", hidden: true });
  const select = h("select", {
    class: "nx-select", "aria-label": "Colour by",
    onchange: () => kernel.set({ column: select.value }),
  });
  kernel.follow(["columns"], () =>
    select.replaceChildren(...kernel.get("columns").map(([value, label]) => h("option", { value }, label))));
  kernel.follow(["column", "columns"], () => (select.value = kernel.get("column")));
  const all = h("button", { type: "button", class: "nx-link", onclick: () => kernel.set({ muted: [] }) }, "show all");
  kernel.follow(["legend", "stability"], () => {
    const { entries, bar: scale } = kernel.get("legend");
    list.replaceChildren(...entries.map((entry) => legendRow(kernel, entry)));
    bar.hidden = !scale;
    if (scale) bar.replaceChildren(h("span", {}, scale.low), gradient(scale.colors), h("span", {}, scale.high));
  });
  kernel.follow(["muted", "legend", "stability"], () => {
    const muted = new Set(kernel.get("muted"));
    for (const row of list.querySelectorAll("button")) row.setAttribute("aria-pressed", String(!muted.has(row.dataset.key)));
    all.hidden = !muted.size;
  });
  return h("div", { class: "nx-legend", role: "group", "aria-label": "Legend" },
    h("div", { class: "nx-legend-head" }, h("span", {}, "Colour by"), select, all), buildGrain(kernel), bar, buildStability(kernel), list, buildSpacing(kernel));
}

function gradient(colors) {
  return h("span", { class: "nx-bar", style: { background: `linear-gradient(to right, ${colors.join(", ")})` } });
}

// A click greys the entry; with Alt, all the others.
function legendRow(kernel, entry) {
  const toggle = (event) => {
    const muted = new Set(kernel.get("muted"));
    if (event.altKey) {
      const others = kernel.get("legend").entries.map((e) => e.key).filter((key) => key !== entry.key);
      return kernel.set({ muted: others });
    }
    if (!muted.delete(entry.key)) muted.add(entry.key);
    kernel.set({ muted: [...muted] });
  };
  const found = stabilityOf(kernel, entry);
  const said = found ? `${entry.label}: ${found.reading}, ${found.share} found again` : entry.label;
  return h("li", {}, h("button", {
    type: "button", class: "nx-entry", "data-key": entry.key, onclick: toggle,
    title: `${said}. Click to grey, Alt-click to grey all others`,
  }, dot(entry.color), h("span", { class: "nx-entry-name" }, entry.label), found ? shareMark(found) : "",
  h("span", { class: "nx-count" }, count(entry.count))));
}

function buildInspector(kernel, thumbnails, signal) {
  const el = h("section", { class: "nx-inspector", "aria-label": "Item", tabindex: "-1" });
  const urls = [];
  const drop = () => urls.splice(0).forEach((url) => URL.revokeObjectURL(url));
  signal.addEventListener("abort", drop);
  kernel.follow(["detail", "can_go_back"], () => {
    const item = kernel.get("detail");
    if (el.dataset.id === item.id && item.id) return (el.querySelector(".nx-back").hidden = !kernel.get("can_go_back"));
    drop();
    if (item.id) el.dataset.id = item.id;
    else delete el.dataset.id;
    el.replaceChildren(...(item.id ? inspectorParts(kernel, thumbnails, item, urls) : [inspectorHint()]));
    el.scrollTop = 0;
  });
  return el;
}

function inspectorHint() {
  return h("div", { class: "nx-hint" },
    h("p", {}, "Click a point or a tile to see, read or play the item here, with the items most like it."));
}

function inspectorParts(kernel, thumbnails, item, urls) {
  const media = h("div", { class: "nx-media", "data-modality": item.modality });
  showMedia(kernel, item, media, urls);
  const color = kernel.get("group_colors")[item.code];
  return [
    h("header", { class: "nx-item-head" },
      button("Back", { class: "nx-plain nx-back", hidden: !kernel.get("can_go_back"), onclick: () => kernel.ask("back").catch(() => {}) }, icon("back")),
      h("div", { class: "nx-item-name" },
        h("h3", {}, item.title),
        h("p", {}, icon(item.modality), [item.modality, item.span].filter(Boolean).join(" · "))),
      button("Close", { class: "nx-plain", onclick: () => kernel.set({ inspected: "" }) }, icon("close"))),
    media,
    h("p", { class: "nx-item-cluster" }, dot(color), item.cluster),
    h("h4", {}, "Nearest items ", h("span", {}, "by cosine similarity")),
    h("div", { class: "nx-tiles nx-near" }, item.nearest.map((near) => tile(kernel, thumbnails, near))),
    h("h4", {}, "Details"),
    h("table", { class: "nx-rows" }, h("tbody", {}, item.rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value))))),
  ];
}

async function showMedia(kernel, item, media, urls) {
  if (item.modality === "text") return media.replaceChildren(h("div", { class: "nx-text", tabindex: "0" }, item.text));
  media.replaceChildren(h("span", { class: "nx-wait" }, "loading …"));
  try {
    const { mime, buffers } = await kernel.ask("media", { id: item.id });
    if (kernel.get("detail").id !== item.id) return;
    const url = URL.createObjectURL(new Blob([buffers[0]], { type: mime }));
    urls.push(url);
    media.replaceChildren(player(item, mime, url, media));
    if (item.text) media.append(h("details", {}, h("summary", {}, item.modality === "page" ? "Words on it" : "Words spoken in it"), h("div", { class: "nx-text", tabindex: "0" }, item.text)));
  } catch (error) {
    if (error.message !== "closed") sayInstead(media, `${item.title} cannot be shown: ${error.message}`);
  }
}

function sayInstead(media, message) {
  media.replaceChildren(h("p", { class: "nx-problem", role: "alert" }, message));
}

function player(item, mime, url, media) {
  const failed = () => sayInstead(media, `This browser cannot show ${item.title} (${mime}).`);
  const kind = mime.split("/")[0];
  if (kind === "image") return h("img", { src: url, alt: item.title, "data-id": item.id, onerror: failed });
  const el = h(kind === "audio" ? "audio" : "video", { src: url, controls: true, preload: "auto", "aria-label": item.title, "data-id": item.id, onerror: failed });
  el.addEventListener("loadedmetadata", () => startAtSegment(el, item.seconds));
  return el;
}

// Where the bytes are the whole recording and the item a part of it, play that part.
function startAtSegment(el, seconds) {
  if (!seconds || el.duration <= seconds[1] - seconds[0] + 1) return;
  el.currentTime = seconds[0];
  el.addEventListener("timeupdate", function stop() {
    if (el.currentTime < seconds[1]) return;
    el.pause();
    el.removeEventListener("timeupdate", stop);
  });
}
