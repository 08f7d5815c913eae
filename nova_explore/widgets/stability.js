// Which clusters come back when halves of the items are clustered again: measured at a click, then said of every cluster.

const WORTH_SAYING = 5;

function duration(seconds) {
  return seconds < 90 ? `${Math.round(seconds / 5) * 5} s` : `${Math.round(seconds / 60)} min`;
}

function buildStability(kernel) {
  const measure = h("button", {
    type: "button", class: "nx-link",
    onclick: async () => {
      measure.disabled = true;
      await kernel.ask("stability").catch(() => {});
      measure.disabled = false;
    },
  });
  const words = h("p", { class: "nx-grain-words" });
  const heads = h("div", { class: "nx-heads", "aria-hidden": "true" },
    h("span", { class: "nx-share", title: "Jaccard coefficient with the cluster most like it, mean of the halves" }, "found again"),
    h("span", { class: "nx-count" }, "items"));
  const el = h("div", { class: "nx-stability", hidden: true }, measure, words, heads);
  kernel.follow(["stability", "column"], () => {
    const { offer, seconds, sentence } = kernel.get("stability");
    el.hidden = kernel.get("column") !== "cluster" || !(offer || sentence);
    measure.hidden = !offer;
    measure.title = offer ?? "";
    measure.textContent = `Which clusters come back?${seconds > WORTH_SAYING ? ` (about ${duration(seconds)})` : ""}`;
    words.hidden = heads.hidden = !sentence;
    words.textContent = sentence ?? "";
  });
  return el;
}

// What was found of the cluster of a legend's entry; nothing where the entry is no cluster, or was not measured.
function stabilityOf(kernel, entry) {
  return kernel.get("column") === "cluster" ? kernel.get("stability").clusters?.[entry.key] : undefined;
}

function shareMark({ share, firm }) {
  return h("span", { class: "nx-share", "data-firm": String(firm) }, firm ? "" : icon("doubt"), share);
}
