// The map: the renderer's view inside ours, and over it what it does not draw: names, ranks, a ring, the hover card.

const DWELL_MS = 140;
const MOVED_PX = 4;

function hasWebGL() {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

function rgbOf(el) {
  const [r, g, b] = (getComputedStyle(el).backgroundColor.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  return [r / 255, g / 255, b / 255, 1];
}

class MapView {
  constructor(kernel, thumbnails, signal) {
    Object.assign(this, { kernel, thumbnails, signal });
    this.stage = h("div", { class: "nx-stage" });
    this.overlay = h("div", { class: "nx-overlay", "aria-hidden": "true" });
    this.card = h("div", { class: "nx-card", role: "tooltip", hidden: true });
    this.ring = h("div", { class: "nx-ring", hidden: true });
    this.working = this.buildWorking();
    this.tools = this.buildTools();
    this.el = h("div", { class: "nx-map", "aria-label": "Map of all items", role: "group", tabindex: "0" },
      this.stage, this.overlay, this.tools, this.working, this.card);
    this.cards = new Recent(CARDS_KEPT);
    [this.names, this.pins] = [[], []];
    if (hasWebGL()) this.mount().catch((error) => this.say(`The map cannot be drawn: ${error.message}`));
    else this.say("The map cannot be drawn: this browser has no WebGL. Switch on hardware acceleration, or go on " +
      "with search and the gallery, which work without it.");
  }

  say(message) {
    this.stage.replaceChildren(h("p", { class: "nx-nomap", role: "alert" }, message));
    this.tools.hidden = true;
  }

  async mount() {
    const manager = this.kernel.model.widget_manager;
    const id = this.kernel.get("canvas").replace("IPY_MODEL_", "");
    this.renderer = await manager.get_model(id);
    this.followTheme();
    this.child = await manager.create_view(this.renderer);
    if (this.signal.aborted) return this.child.remove();
    this.signal.addEventListener("abort", () => this.child.remove());
    this.stage.replaceChildren(this.child.el);
    this.keepLassosFromClicking();
    this.plot = await this.findPlot();
    this.hideForeignToolbar();
    const { signal } = this;
    this.points = new Points(this.plot, this.renderer, { signal, still: this.still, drawn: () => this.place() });
    this.kernel.follow(["tool"], () => this.points.use(this.kernel.get("tool")));
    await this.points.redraw();
    this.followView();
    this.followHover();
    // Greyed here at once; Python learns of it as well.
    this.kernel.follow(["muted"], () => this.renderer.set("muted", this.kernel.get("muted").map(Number)));
    this.kernel.follow(["labels", "marks", "detail"], () => this.pin());
    signal.addEventListener("abort", () => this.renderer.off(null, null, this));
    this.el.dataset.ready = "true";
  }

  // The renderer leaves a handle to itself on the element that holds its canvas.
  async findPlot() {
    for (let tries = 0; tries < 900; tries += 1) {
      if (this.signal.aborted) throw new Error("closed");
      const holder = [...this.stage.querySelectorAll("div")].find((div) => div.api);
      if (holder) {
        this.holder = holder;
        return holder.api;
      }
      await new Promise((resolve) => setTimeout(resolve, 33));
    }
    throw new Error("the renderer did not answer within 30 s");
  }

  isDrawn(plot) {
    try {
      return Boolean(plot.getScreenPosition(0));
    } catch {
      return false;
    }
  }

  hideForeignToolbar() {
    const toolbar = this.holder.parentElement.previousElementSibling;
    if (toolbar) toolbar.style.display = "none";
  }

  followTheme() {
    const paint = () => {
      const color = rgbOf(this.el);
      if (JSON.stringify(this.renderer.get("background_color")) === JSON.stringify(color)) return;
      this.renderer.set("background_color", color);
      this.renderer.save_changes();
    };
    paint();
    const observer = new MutationObserver(() => requestAnimationFrame(paint));
    observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
    this.signal.addEventListener("abort", () => observer.disconnect());
  }

  // A lasso that ends where it began would count as a click on the nearest point and replace what was lassoed.
  keepLassosFromClicking() {
    const { signal } = this;
    let start = null;
    let moved = false;
    this.stage.addEventListener("pointerdown", (e) => {
      [start, moved] = [[e.clientX, e.clientY], false];
      clearTimeout(this.dwell);
      this.card.hidden = true;
    }, { capture: true, signal });
    this.stage.addEventListener("pointermove", (e) => {
      if (e.buttons && start && Math.hypot(e.clientX - start[0], e.clientY - start[1]) > MOVED_PX) moved = true;
    }, { capture: true, signal });
    this.stage.addEventListener("click", (e) => {
      this.el.focus({ preventScroll: true });
      if (moved) e.stopPropagation();
    }, { capture: true, signal });
  }

  buildTools() {
    const tools = { pan: "Move and zoom", lasso: "Lasso", box: "Box" };
    const buttons = Object.entries(tools).map(([tool, label]) =>
      button(label, { class: "nx-tool", "data-tool": tool, onclick: () => this.kernel.set({ tool }) }, icon(tool)));
    this.kernel.follow(["tool"], () => {
      for (const b of buttons) b.setAttribute("aria-pressed", String(b.dataset.tool === this.kernel.get("tool")));
    });
    const reset = button("Show the whole map", {
      class: "nx-tool", "data-tool": "reset",
      onclick: () => this.plot?.zoomToOrigin({ transition: !this.still(), transitionDuration: 400 }),
    }, icon("reset"));
    return h("div", { class: "nx-tools", role: "toolbar", "aria-label": "Map tools" }, buttons, reset);
  }

  // Seconds and no turning wheel: what moves all the time has the browser draw all the time, on the cores that compute.
  buildWorking() {
    const el = h("div", { class: "nx-working", role: "status", hidden: true });
    const seconds = h("span", { "aria-hidden": "true" });
    let timer;
    this.kernel.follow(["working"], () => {
      clearInterval(timer);
      const working = this.kernel.get("working");
      el.hidden = !working;
      if (!working) return;
      const since = performance.now();
      seconds.textContent = " …";
      el.replaceChildren(working, seconds);
      timer = setInterval(() => (seconds.textContent = ` … ${Math.round((performance.now() - since) / 1000)} s`), 1000);
    });
    this.signal.addEventListener("abort", () => clearInterval(timer));
    return el;
  }

  still() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  // ---- names, ranks and the ring

  pin() {
    // An open item lights its neighbours: the ranks of a search and the names would be in the way.
    const names = this.kernel.get("labels").map((label) => ({ ...label, el: h("span", { class: "nx-name" }, label.text) }));
    const ranks = this.kernel.get("marks").map((mark) => ({ ...mark, el: h("span", { class: "nx-rank" }, mark.text) }));
    const { position } = this.kernel.get("detail");
    const ring = position === undefined ? [] : [{ position, el: h("span", { class: "nx-ring" }) }];
    this.names = ranks.length || ring.length ? [] : names;
    this.pins = ring.length ? ring : ranks;
    this.overlay.replaceChildren(...[...this.names, ...this.pins].map((pin) => pin.el));
    for (const pin of [...names, ...ranks]) pin.size = [pin.el.offsetWidth, pin.el.offsetHeight];
    this.place();
  }

  followView() {
    const { signal } = this;
    const view = this.plot.subscribe("view", () => {
      this.card.hidden = true;
      this.place();
    });
    const resize = new ResizeObserver(() => {
      this.card.hidden = true;
      requestAnimationFrame(() => this.place());
    });
    resize.observe(this.stage);
    signal.addEventListener("abort", () => {
      resize.disconnect();
      this.plot.unsubscribe(view);
    });
  }

  at(position) {
    return this.isDrawn(this.plot) ? this.plot.getScreenPosition(position) : undefined;
  }

  place() {
    if (this.signal.aborted || !this.plot) return;
    const taken = [];
    for (const name of this.names) this.moveTo(name, this.at(name.position), taken);
    for (const pin of this.pins) this.moveTo(pin, this.at(pin.position), pin.size && taken);
  }

  // Names come largest cluster first, ranks best first; one that would cover another, or leave the map, is not drawn.
  moveTo(pin, spot, taken) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    let shown = Boolean(spot) && spot[0] > 0 && spot[1] > 0 && spot[0] < width && spot[1] < height;
    if (shown && taken) {
      const [w, t] = pin.size;
      const left = Math.min(Math.max(spot[0] - w / 2, 4), width - w - 4);
      const box = [left, spot[1] - t / 2, left + w, spot[1] + t / 2];
      shown = box[1] > 2 && box[3] < height - 2 &&
        !taken.some((o) => box[0] < o[2] + 4 && box[2] > o[0] - 4 && box[1] < o[3] && box[3] > o[1]);
      if (shown) taken.push(box);
      spot = [left + w / 2, spot[1]];
    }
    pin.el.style.visibility = shown ? "visible" : "hidden";
    if (shown) pin.el.style.translate = `${spot[0]}px ${spot[1]}px`;
  }

  // ---- the hover card

  followHover() {
    this.renderer.on("change:hovering", () => this.hover(this.renderer.get("hovering")), this);
  }

  hover(position) {
    clearTimeout(this.dwell);
    this.hovered = position;
    this.card.hidden = true;
    if (position === null || position === undefined) return;
    this.dwell = setTimeout(() => this.open(position), DWELL_MS);
  }

  async open(position) {
    let item = this.cards.get(position);
    if (!item) {
      item = await this.kernel.ask("card", { position }).catch(() => null);
      if (item) this.cards.set(position, item);
    }
    // The pointer may have moved on while Python answered.
    if (!item || this.hovered !== position) return;
    const color = this.kernel.get("group_colors")[item.code];
    this.card.replaceChildren(
      this.thumbnails.picture(item),
      h("div", { class: "nx-card-title" }, item.title),
      h("div", { class: "nx-card-kind" }, icon(item.modality), [item.modality, item.span].filter(Boolean).join(" · ")),
      h("div", { class: "nx-card-cluster" }, dot(color), item.cluster));
    this.card.dataset.id = item.id;
    this.card.hidden = false;
    this.placeCard(this.at(position) ?? [0, 0]);
  }

  placeCard([x, y]) {
    const { clientWidth: width, clientHeight: height } = this.el;
    const { offsetWidth: w, offsetHeight: t } = this.card;
    const left = x + 16 + w > width ? x - 16 - w : x + 16;
    this.card.style.left = `${Math.max(4, Math.min(left, width - w - 4))}px`;
    this.card.style.top = `${Math.max(4, Math.min(y - t / 2, height - t - 4))}px`;
  }
}
