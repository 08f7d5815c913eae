// The whole: header, search, map, side, gallery.

function buildHeader(kernel) {
  const [headline, trust] = [h("strong"), h("span")];
  kernel.follow(["summary"], () => {
    headline.textContent = kernel.get("summary").headline;
    trust.textContent = kernel.get("summary").trust;
  });
  return h("header", { class: "nx-head" }, headline, trust);
}

function buildSearch(kernel, root) {
  const input = h("input", {
    type: "search", class: "nx-query", placeholder: "Search in words, then Enter", "aria-label": "Search", autocomplete: "off", spellcheck: "false",
  });
  const go = () => {
    const query = input.value.trim();
    if (query === kernel.get("query")) return;
    root.dataset.busy = String(query !== "");
    kernel.set({ query });
  };
  input.addEventListener("keydown", (event) => {
    // JupyterLab would take these keys for commands on the cell.
    event.stopPropagation();
    if (event.key === "Enter") go();
    if (event.key === "Escape") {
      input.value = "";
      go();
    }
  });
  input.addEventListener("search", () => input.value === "" && go());
  kernel.follow(["query"], () => (input.value = kernel.get("query")));
  kernel.follow(["gallery", "last_error"], () => delete root.dataset.busy);
  return h("div", { class: "nx-search" }, icon("search"), input, h("span", { class: "nx-spinner", "aria-hidden": "true" }));
}

function buildModalities(kernel) {
  const toggle = (name) => {
    const shown = new Set(kernel.get("shown_modalities"));
    if (!shown.delete(name)) shown.add(name);
    kernel.set({ shown_modalities: kernel.get("modalities").map(([kind]) => kind).filter((kind) => shown.has(kind)) });
  };
  const chips = kernel.get("modalities").map(([name, n]) =>
    h("button", { type: "button", class: "nx-chip", "data-modality": name, title: `Grey or show: ${name}`, onclick: () => toggle(name) },
      icon(name), name, h("span", { class: "nx-count" }, count(n))));
  kernel.follow(["shown_modalities"], () => {
    const shown = kernel.get("shown_modalities");
    for (const chip of chips) chip.setAttribute("aria-pressed", String(shown.includes(chip.dataset.modality)));
  });
  return h("div", { class: "nx-chips", role: "group", "aria-label": "Kinds of media" }, chips);
}

function buildFoot(kernel) {
  const { unread } = kernel.get("summary");
  const caveats = h("span");
  kernel.follow(["summary"], () => (caveats.textContent = kernel.get("summary").caveats));
  const foot = h("div", { class: "nx-foot" }, caveats);
  if (!unread) return foot;
  const listed = kernel.get("unread");
  const rest = unread > listed.length ? [h("tr", {}, h("td", { colspan: "2" }, `and ${count(unread - listed.length)} more`))] : [];
  foot.append(h("details", { class: "nx-unread" },
    h("summary", {}, `${count(unread)} could not be read`),
    h("div", { class: "nx-unread-box" },
      h("table", { class: "nx-rows" }, h("tbody", {}, listed.map(([name, reason]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, reason))), rest)))));
  return foot;
}

function buildMessage(kernel) {
  const words = h("span", {});
  const bar = h("div", { class: "nx-error", role: "alert", hidden: true }, words,
    button("Dismiss", { class: "nx-plain", onclick: () => kernel.set({ last_error: "" }) }, icon("close")));
  kernel.follow(["last_error"], () => {
    words.textContent = kernel.get("last_error");
    bar.hidden = !kernel.get("last_error");
  });
  return bar;
}

function buildSide(kernel, thumbnails, signal) {
  const parts = { clusters: buildLegend(kernel), item: buildInspector(kernel, thumbnails, signal) };
  const names = { clusters: "Legend", item: "Item" };
  const tabs = Object.keys(parts).map((name) =>
    h("button", { type: "button", class: "nx-tab", role: "tab", "data-tab": name, onclick: () => show(name) }, names[name]));
  const side = h("aside", { class: "nx-side" }, h("div", { class: "nx-tabs", role: "tablist" }, tabs), Object.values(parts));
  const show = (chosen) => {
    side.dataset.tab = chosen;
    for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.tab === chosen));
  };
  kernel.follow(["inspected"], () => show(kernel.get("inspected") ? "item" : "clusters"));
  return side;
}

function render({ model, el }) {
  const closing = new AbortController();
  const { signal } = closing;
  const kernel = new Kernel(model);
  const thumbnails = new Thumbnails(kernel);
  const root = h("div", { class: "nx" });
  root.style.setProperty("--nx-height", `${kernel.get("height")}px`);
  el.append(root);
  const map = new MapView(kernel, thumbnails, signal);
  root.append(
    buildHeader(kernel),
    h("div", { class: "nx-controls" }, buildSearch(kernel, root), buildModalities(kernel)),
    buildMessage(kernel),
    h("div", { class: "nx-main" }, map.el, buildSide(kernel, thumbnails, signal)),
    buildFoot(kernel),
    buildGallery(kernel, thumbnails, signal));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    if (kernel.get("inspected")) kernel.set({ inspected: "" });
    else if (kernel.get("gallery").kind !== "typical") kernel.ask("clear").catch(() => {});
  });
  return () => {
    closing.abort();
    kernel.close();
    thumbnails.close();
    root.remove();
  };
}

export default { render };
