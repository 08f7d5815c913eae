// How fine the clusters are: the size of the smallest, on a slider over what every size would give.

const SPARK = [240, 34];

function buildGrain(kernel) {
  const slider = h("input", { type: "range", min: 0, max: 0, class: "nx-slider", "aria-label": "Smallest cluster" });
  const words = h("output", { class: "nx-grain-words" });
  const chart = h("div", { class: "nx-spark", "aria-hidden": "true" });
  const el = h("div", { class: "nx-grain", hidden: true }, chart, slider, words);
  let sweep = null;
  let [wanted, busy] = [0, false];

  const say = () => {
    const i = Number(slider.value);
    words.textContent = `at least ${count(sweep.sizes[i])} items: ${count(sweep.counts[i])} clusters, ` +
      `${Math.round(sweep.noise[i] * 100)}% unclustered${sweep.sizes[i] === sweep.suggested ? " (suggested)" : ""}`;
    slider.setAttribute("aria-valuetext", words.textContent);
    chart.replaceChildren(sparkline(sweep, i));
  };
  // A drag passes many sizes: while Python works on one, only the last is kept.
  const go = async () => {
    if (busy) return;
    busy = true;
    while (wanted !== kernel.get("grain").size) {
      const size = wanted;
      await kernel.ask("recluster", { min_cluster_size: size }).catch(() => {});
      if (kernel.get("grain").size !== size) break;
    }
    busy = false;
  };
  const stand = () => {
    if (!sweep) return;
    const { size } = kernel.get("grain");
    if (!busy) slider.value = String(nearest(sweep.sizes, size));
    say();
  };
  const ask = async () => {
    sweep = await kernel.ask("sweep").catch(() => null);
    if (!sweep) return;
    slider.max = String(sweep.sizes.length - 1);
    stand();
    follow();
  };
  const follow = () => (el.hidden = !sweep || kernel.get("column") !== "cluster");
  slider.addEventListener("input", () => {
    wanted = sweep.sizes[Number(slider.value)];
    say();
    go();
  });
  slider.addEventListener("keydown", (event) => event.stopPropagation());
  kernel.follow(["column"], follow);
  // The map and the gallery come first; without clusters there is nothing to ask for yet.
  let asked = false;
  kernel.follow(["grain"], () => {
    if (!kernel.get("grain").size || asked) return stand();
    asked = true;
    (window.requestIdleCallback ?? setTimeout)(ask, { timeout: 2000 });
  });
  return el;
}

function nearest(sizes, size) {
  const apart = sizes.map((other) => Math.abs(other - size));
  return apart.indexOf(Math.min(...apart));
}

// Clusters as a line, unclustered items as a ground, each over its own range; a dot where the slider stands.
function sparkline({ sizes, counts, noise }, at) {
  const [width, height] = SPARK;
  const x = (i) => 4 + (i / Math.max(sizes.length - 1, 1)) * (width - 8);
  const most = Math.log1p(Math.max(...counts, 1));
  const y = (n) => height - 4 - (Math.log1p(n) / most) * (height - 8);
  const ground = noise.map((share, i) => `${x(i)},${height - share * (height - 4)}`);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  const draw = (tag, attributes) => {
    const part = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  };
  draw("polygon", { points: [`${x(0)},${height}`, ...ground, `${x(sizes.length - 1)},${height}`].join(" "), class: "nx-spark-noise" });
  draw("polyline", { points: counts.map((n, i) => `${x(i)},${y(n)}`).join(" "), class: "nx-spark-clusters" });
  draw("circle", { cx: x(at), cy: y(counts[at]), r: 3, class: "nx-spark-at" });
  return svg;
}

// How far apart the points lie: a slider over a few values of UMAP's min_dist, in even steps to the eye.
const SPACINGS = [0, 0.03, 0.1, 0.25, 0.5, 0.8];

function buildSpacing(kernel) {
  const slider = h("input", { type: "range", min: 0, max: SPACINGS.length - 1, class: "nx-slider", "aria-label": "Spacing of points" });
  const words = h("output", { class: "nx-grain-words" });
  const el = h("div", { class: "nx-grain nx-spacing", hidden: true }, words, slider);
  let [wanted, busy] = [0, false];

  const say = (spacing) => {
    words.textContent = `Spacing of points on the map: ${spacing}${spacing === 0.1 ? " (usual)" : ""}`;
    slider.setAttribute("aria-valuetext", String(spacing));
  };
  const stand = () => {
    const spacing = kernel.get("spacing");
    el.hidden = spacing < 0;
    if (busy || spacing < 0) return;
    slider.value = String(nearest(SPACINGS, spacing));
    say(spacing);
  };
  const go = async () => {
    if (busy) return;
    busy = true;
    while (wanted !== kernel.get("spacing")) {
      const spacing = wanted;
      await kernel.ask("redraw", { min_dist: spacing }).catch(() => {});
      if (kernel.get("spacing") !== spacing) break;
    }
    busy = false;
    stand();
  };
  slider.addEventListener("input", () => {
    wanted = SPACINGS[Number(slider.value)];
    say(wanted);
    go();
  });
  slider.addEventListener("keydown", (event) => event.stopPropagation());
  kernel.follow(["spacing"], stand);
  return el;
}
