// Talking to Python: questions with answers, traits that are followed, and thumbnails that are kept for a while.

const CARDS_KEPT = 2000;
const THUMBNAILS_KEPT = 600;
const THUMBNAILS_AT_ONCE = 24;

class Kernel {
  constructor(model) {
    this.model = model;
    this.view = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
    this.asked = new Map();
    this.undo = [];
    this.heard = (content, buffers) => this.settle(content, buffers ?? []);
    model.on("msg:custom", this.heard);
    this.undo.push(() => model.off("msg:custom", this.heard));
  }

  ask(what, details = {}) {
    const from = `${this.view}.${this.asked.size}.${performance.now()}`;
    return new Promise((resolve, reject) => {
      this.asked.set(from, { resolve, reject });
      this.model.send({ ask: what, from, with: details });
    });
  }

  settle(content, buffers) {
    const waiting = this.asked.get(content.to);
    if (!waiting) return;
    this.asked.delete(content.to);
    if (content.error) waiting.reject(new Error(content.error));
    else waiting.resolve({ ...content, buffers });
  }

  get(name) {
    return this.model.get(name);
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.model.save_changes();
  }

  // Call now and whenever one of the traits changes, until the view goes.
  follow(names, call) {
    for (const name of names) {
      const event = `change:${name}`;
      this.model.on(event, call);
      this.undo.push(() => this.model.off(event, call));
    }
    call();
  }

  close() {
    for (const undo of this.undo.splice(0)) undo();
    for (const { reject } of this.asked.values()) reject(new Error("closed"));
    this.asked.clear();
  }
}

// A Map that forgets what was not used for longest.
class Recent {
  constructor(limit, forget = () => {}) {
    this.limit = limit;
    this.forget = forget;
    this.kept = new Map();
  }

  get(key) {
    const value = this.kept.get(key);
    if (value !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, value);
    }
    return value;
  }

  set(key, value) {
    this.kept.set(key, value);
    if (this.kept.size > this.limit) {
      const [oldest, dropped] = this.kept.entries().next().value;
      this.kept.delete(oldest);
      this.forget(dropped);
    }
  }

  clear() {
    for (const value of this.kept.values()) this.forget(value);
    this.kept.clear();
  }
}

class Thumbnails {
  constructor(kernel) {
    this.kernel = kernel;
    this.urls = new Recent(THUMBNAILS_KEPT, (promise) => promise.then((url) => url && URL.revokeObjectURL(url)));
    this.queue = new Map();
  }

  // Promise of a Blob URL, or of null where the item has no picture.
  url(id) {
    let promise = this.urls.get(id);
    if (!promise) {
      promise = new Promise((resolve) => this.queue.set(id, resolve));
      this.urls.set(id, promise);
      this.timer ??= setTimeout(() => this.fetch(), 10);
    }
    return promise;
  }

  fetch() {
    this.timer = undefined;
    const wanted = [...this.queue];
    this.queue.clear();
    for (let i = 0; i < wanted.length; i += THUMBNAILS_AT_ONCE) this.fetchSome(wanted.slice(i, i + THUMBNAILS_AT_ONCE));
  }

  async fetchSome(wanted) {
    const ids = wanted.map(([id]) => id);
    const answer = await this.kernel.ask("thumbnails", { ids }).catch(() => {
      // Ask again next time; what is remembered as missing would stay so.
      for (const id of ids) this.urls.kept.delete(id);
      return { ids: [], buffers: [] };
    });
    const drawn = new Map(answer.ids.map((id, i) => [id, answer.buffers[i]]));
    for (const [id, resolve] of wanted) {
      const bytes = drawn.get(id);
      resolve(bytes ? URL.createObjectURL(new Blob([bytes], { type: "image/webp" })) : null);
    }
  }

  // An <img> that fills itself; the icon of the modality stands in until then, and for good where there is no picture.
  picture(item) {
    const frame = h("span", { class: "nx-thumb" }, icon(item.modality));
    this.url(item.id).then((url) => {
      if (url) frame.replaceChildren(h("img", { src: url, alt: item.title, "data-id": item.id, draggable: "false" }));
    });
    return frame;
  }

  close() {
    this.urls.clear();
  }
}
