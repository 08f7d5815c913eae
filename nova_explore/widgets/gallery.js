// Below the map: tiles of a search, a selection, or the most typical items.

function tile(kernel, thumbnails, item) {
  const words = item.via === "words" ? h("span", { class: "nx-via", title: "found by the words that come with it" }, "by words") : null;
  return h("button", {
    type: "button", class: "nx-tile", "data-id": item.id, title: item.title,
    onclick: () => kernel.set({ inspected: item.id }),
  },
  thumbnails.picture(item),
  item.rank ? h("span", { class: "nx-tile-rank" }, String(item.rank)) : null,
  h("span", { class: "nx-tile-title" }, item.title),
  h("span", { class: "nx-tile-foot" },
    dot(kernel.get("group_colors")[item.code]),
    h("span", { class: "nx-tile-kind" }, item.foot ?? item.modality), words,
    item.score ? h("span", { class: "nx-score", title: `cosine similarity${item.standing ?? ""}` }, item.score) : null));
}

function buildGallery(kernel, thumbnails, signal) {
  const title = h("h3", { "aria-live": "polite" });
  const note = h("p", { class: "nx-note" });
  const tiles = h("div", { class: "nx-tiles" });
  const more = h("div", { class: "nx-more", "aria-hidden": "true" });
  const scroll = h("div", { class: "nx-scroll" }, tiles, more);
  const clear = h("button", { type: "button", class: "nx-button nx-clear", onclick: () => kernel.ask("clear").catch(() => {}) }, "Clear");
  const state = { serial: -1, start: 0, total: 0, busy: false };

  const load = async () => {
    if (state.busy || state.start >= state.total) return;
    const { serial } = state;
    state.busy = true;
    const answer = await kernel.ask("tiles", { serial, start: state.start }).catch(() => null);
    if (serial !== state.serial) return;
    state.busy = false;
    if (!answer?.tiles.length) return;
    state.start += answer.tiles.length;
    tiles.append(...answer.tiles.map((item) => tile(kernel, thumbnails, item)));
    more.hidden = state.start >= state.total;
  };
  const watcher = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && load(), { root: scroll, rootMargin: "200px" });
  watcher.observe(more);
  signal.addEventListener("abort", () => watcher.disconnect());

  kernel.follow(["gallery"], () => {
    const head = kernel.get("gallery");
    Object.assign(state, { serial: head.serial, start: 0, total: head.total, busy: false });
    title.textContent = head.title;
    note.textContent = head.note;
    note.hidden = !head.note;
    clear.hidden = head.kind === "typical";
    clear.textContent = head.kind === "search" ? "Clear search" : "Clear selection";
    tiles.replaceChildren();
    scroll.scrollTop = 0;
    more.hidden = head.total === 0;
    load();
  });
  return h("section", { class: "nx-gallery", "aria-label": "Gallery" },
    h("header", { class: "nx-gallery-head" }, title, note, clear), scroll);
}
