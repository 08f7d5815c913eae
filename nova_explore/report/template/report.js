"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const by = (id) => document.getElementById(id);
  const data = read("data");
  const n = data.title.length;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const haystack = data.title.map((title, i) =>
    [title, data.name[i], data.text[i]].join("\n").toLowerCase());
  const picture = (i) => (data.thumbnail[i] ? `data:image/webp;base64,${data.thumbnail[i]}` : null);

  // Colours of a figure follow the page: plotly takes them as values, not as style.
  const themed = (figure) => {
    const ink = dark.matches ? "#e4e8ec" : "#1c2127";
    const layout = figure.layout;
    layout.font = { ...layout.font, color: ink };
    for (const note of layout.annotations || []) {
      note.font = { ...note.font, color: ink };
      if (note.bgcolor) note.bgcolor = dark.matches ? "rgba(20,23,28,.6)" : "rgba(255,255,255,.6)";
    }
    return figure;
  };
  const webgl = !!document.createElement("canvas").getContext("webgl");
  const config = { displaylogo: false, responsive: true, displayModeBar: false };
  const map = by("map");
  let shown = null; // positions highlighted, or null for all

  const draw = () => {
    const figure = themed(read(`figure-${by("color").value}`));
    if (!webgl) for (const trace of figure.data) trace.type = "scatter";
    const held = map.layout;
    if (held && held.xaxis) {
      figure.layout.xaxis.range = held.xaxis.range.slice();
      figure.layout.yaxis.range = held.yaxis.range.slice();
    }
    Plotly.react(map, figure.data, figure.layout, { ...config, scrollZoom: true }).then(() => {
      if (shown) mark();
    });
    for (const name of ["sizes", "trust"]) {
      const chart = themed(read(`figure-${name}`));
      if (by(name).offsetParent) Plotly.react(by(name), chart.data, chart.layout, config);
    }
  };

  const mark = () => {
    const wanted = shown && new Set(shown);
    const each = map.data.map((trace) => {
      if (!wanted) return null;
      const places = trace.customdata;
      const chosen = [];
      for (let j = 0; j < places.length; j++) if (wanted.has(places[j])) chosen.push(j);
      return chosen;
    });
    Plotly.restyle(map, { selectedpoints: each });
  };

  const show = (places, words) => {
    shown = places;
    by("clear").hidden = !places;
    by("found").textContent = places ? `${places.length.toLocaleString("en")} of ${n.toLocaleString("en")} items: ${words}` : "";
    const results = by("results");
    results.replaceChildren();
    results.hidden = !places || !places.length;
    for (const i of (places || []).slice(0, 60)) {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      caption.textContent = caption.title = data.title[i];
      if (picture(i)) {
        const image = document.createElement("img");
        image.src = picture(i);
        image.alt = "";
        figure.append(image);
      }
      figure.append(caption);
      results.append(figure);
    }
    for (const row of document.querySelectorAll("#clusters tr[aria-current]")) row.removeAttribute("aria-current");
    mark();
  };

  const search = () => {
    const words = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return show(null, "");
    const found = [];
    for (let i = 0; i < n; i++) if (words.every((word) => haystack[i].includes(word))) found.push(i);
    show(found, `with ${words.map((word) => `“${word}”`).join(" and ")}`);
  };

  const card = by("card");
  const hover = (event) => {
    const point = event.points[0];
    const i = point.customdata;
    const image = card.querySelector("img");
    image.hidden = !picture(i);
    if (picture(i)) image.src = picture(i);
    card.querySelector("b").textContent = data.title[i];
    const where = card.querySelector(".where");
    const dot = document.createElement("i");
    dot.className = "swatch";
    dot.style.background = data.colors[data.cluster[i]];
    where.replaceChildren(dot, `${data.modalities[data.modality[i]]} · ${data.clusters[data.cluster[i]]}`);
    card.querySelector("p").textContent = data.text[i];
    card.querySelector("small").textContent =
      `${data.kept[i]} of its ${data.k} true neighbours are beside it${picture(i) ? "" : " · no picture in this file"}`;
    card.dataset.item = i;
    card.hidden = false;
    const box = card.getBoundingClientRect();
    const mouse = event.event;
    let x = mouse.clientX + 16;
    if (x + box.width > innerWidth - 8) x = mouse.clientX - box.width - 16;
    const y = Math.min(Math.max(8, mouse.clientY - box.height / 2), innerHeight - box.height - 8);
    card.style.left = `${Math.max(8, x)}px`;
    card.style.top = `${y}px`;
  };

  draw();
  map.on("plotly_hover", hover);
  map.on("plotly_unhover", () => { card.hidden = true; });
  map.on("plotly_relayout", () => { card.hidden = true; });
  by("search").addEventListener("input", search);
  by("color").addEventListener("change", draw);
  by("clear").addEventListener("click", () => { by("search").value = ""; show(null, ""); });
  dark.addEventListener("change", draw);
  document.querySelector("details").addEventListener("toggle", draw);
  for (const image of document.querySelectorAll(".medoids img")) {
    const i = Number(image.dataset.item);
    image.title = image.alt = data.title[i];
    if (picture(i)) image.src = picture(i); else image.remove();
  }
  for (const row of document.querySelectorAll("#clusters tbody tr")) {
    row.querySelector("button").addEventListener("click", () => {
      const cluster = Number(row.dataset.cluster);
      by("search").value = "";
      show([...data.cluster.keys()].filter((i) => data.cluster[i] === cluster), data.clusters[cluster]);
      row.setAttribute("aria-current", "true");
      by("map-section").scrollIntoView({ behavior: "smooth" });
    });
  }
})();
