// The points: columns that Python sends once, as the renderer wants them, and how a code becomes a colour here.

const CONTEXT_GREY = "#a3a7ad";
const GREYS = new Set([CONTEXT_GREY, "#9a9fa6"]);
const DIMMED = 0.5;
const MOVE_MS = 700;
const MOST_TO_MOVE = 200_000;
const FEWEST_TO_KEEP = 10_000;
// The notebook server cuts the connection at a message over 10 MiB; a mask of so many points is smaller.
const MOST_INDICES = 2_000_000;
const TOOLS = { pan: ["panZoom", "freeform"], lasso: ["lasso", "freeform"], box: ["lasso", "rectangle"] };

class Points {
  constructor(plot, model, { signal, still, drawn }) {
    Object.assign(this, { plot, model, signal, still, drawn });
    this.rows = [];
    this.texture = null;
    this.stale = new Set(["xy"]);
    const follow = (names, call) => names.forEach((name) => model.on(`change:${name}`, call, this));
    follow(["xy", "codes", "lit"], ({ changed }) => this.redraw(...Object.keys(changed)));
    follow(["colors"], () => (model.get("lit").byteLength ? this.redraw("codes") : this.paint()));
    follow(["muted"], () => this.paint());
    // Python hears of a selection before it is painted.
    follow(["selection"], () => (this.pack(), queueMicrotask(() => this.paint())));
    signal.addEventListener("abort", () => model.off(null, null, this));
  }

  use(tool) {
    const [mouseMode, lassoType] = TOOLS[tool];
    this.plot.set({ mouseMode, lassoType });
  }

  column(name, Type) {
    const view = this.model.get(name);
    return new Type(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  }

  // The renderer refuses to draw while it draws, so what changes meanwhile is drawn next, together.
  async redraw(...columns) {
    for (const column of columns) this.stale.add(column);
    if (this.busy) return;
    this.busy = true;
    while (this.stale.size && !this.signal.aborted) {
      const moved = this.stale.has("xy");
      this.stale.clear();
      if (!moved && this.recode()) {
        this.paint();
        continue;
      }
      const again = this.fill();
      this.paint();
      if (!again && this.rows.length >= FEWEST_TO_KEEP) this.keepTexture();
      await this.plot.draw(this.rows, {
        zDataType: "categorical",
        preventFilterReset: again,
        // What was selected before there were points is not known to the renderer.
        select: again ? undefined : this.selected(),
        spatialIndex: moved ? undefined : this.plot.get("spatialIndex"),
        transition: moved && again && !this.still() && this.rows.length <= MOST_TO_MOVE,
        transitionDuration: MOVE_MS,
      });
      this.drawn();
    }
    this.busy = false;
  }

  pack() {
    const { view, shape, dtype } = this.model.get("selection");
    if (dtype !== "uint32" || shape[0] <= MOST_INDICES) return;
    const mask = new Uint8Array(Math.ceil(this.rows.length / 8));
    for (const i of new Uint32Array(view.buffer)) mask[i >> 3] |= 1 << (i & 7);
    this.model.set("selection", { view: mask, shape, dtype: "mask" }, { silent: true });
  }

  selected() {
    const { view } = this.model.get("selection");
    return Array.from(new Uint32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)));
  }

  // The renderer draws from a texture of x, y and code, and makes it anew, with an index of places, at every draw. For
  // other codes alone, the texture that it made last is filled again. All maps of a page share one renderer: a number
  // of its own, beside the first point, tells the textures of this one.
  keepTexture() {
    const regl = this.plot.get("regl");
    if (!regl.nxKept) {
      const kept = new Map();
      const { texture: make } = regl;
      regl.nxKept = kept;
      regl.texture = (made) => {
        const texture = make(made);
        kept.get(made?.data?.[3])?.({ texture, made });
        return texture;
      };
    }
    regl.nxKept.set(this.rows[0][3], (last) => (this.texture = last));
    this.signal.addEventListener("abort", () => regl.nxKept.delete(this.rows[0][3]), { once: true });
  }

  recode() {
    if (!this.texture) return false;
    const { texture, made } = this.texture;
    const codes = this.codes();
    for (let i = 0; i < codes.length; i += 1) made.data[4 * i + 2] = codes[i];
    texture(made);
    return true;
  }

  // What the mask `lit` leaves dark has the code of the same colour among the greys.
  codes() {
    const n = this.model.get("xy").byteLength / 8;
    const codes = this.column("codes", this.model.get("codes").byteLength === n ? Uint8Array : Uint16Array);
    const lit = this.column("lit", Uint8Array);
    if (!lit.length) return codes;
    const greys = this.model.get("colors").length;
    return Uint16Array.from(codes, (code, i) => (lit[i >> 3] & (1 << (i & 7)) ? code : code + greys));
  }

  // Rows of x, y and code.
  fill() {
    const xy = this.column("xy", Float32Array);
    const codes = this.codes();
    const n = codes.length;
    const again = this.rows.length === n;
    if (!again) {
      this.rows = Array.from({ length: n }, () => [0.5, 0.5, 0.5]);
      if (n) this.rows[0].push(2 + (crypto.getRandomValues(new Uint32Array(1))[0] >>> 9));
    }
    const { rows } = this;
    for (let i = 0; i < n; i += 1) {
      const row = rows[i];
      row[0] = xy[2 * i];
      row[1] = xy[2 * i + 1];
      row[2] = codes[i];
    }
    return again;
  }

  // Colours alone: the points stay where they are, on the graphics card.
  paint() {
    const muted = new Set(this.model.get("muted"));
    const colors = this.model.get("colors");
    const greys = colors.map(() => CONTEXT_GREY);
    const lit = [...colors.map((color, code) => (muted.has(code) ? CONTEXT_GREY : color)), ...greys];
    const base = this.model.get("selection")?.shape[0] > 0 ? [...greys, ...greys] : lit;
    const opacity = this.model.get("opacity");
    this.plot.set({
      pointColor: base,
      pointColorActive: lit,
      pointColorHover: lit,
      // Grey points are many and lie anywhere: in full ink they would cover the clusters.
      opacityBy: "valueA",
      opacity: base.map((color) => (GREYS.has(color) ? opacity * DIMMED : opacity)),
    });
  }
}
