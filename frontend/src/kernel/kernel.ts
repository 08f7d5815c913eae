// Questions with answers, and whether anybody is there to answer.

import { type Signal, signal } from "@preact/signals";
import type { HostModel, Model } from "./model";

export type Python = "ready" | "busy" | "gone";
export interface Answer {
  buffers: DataView[];
  // biome-ignore lint/suspicious/noExplicitAny: each question knows its answer
  [name: string]: any;
}

const SLOW_MS = 2000;
const LOOK_MS = 500;
// What may take long on Python's own thread: its wait says nothing about Python. Of other long work, Python says that
// it has begun.
const LONG = new Set(["color_by", "media"]);

export class GoneError extends Error {
  constructor() {
    super("Python is gone");
  }
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
  since: number;
  long: boolean;
}

export class Kernel {
  readonly python: Signal<Python> = signal("ready");
  readonly waiting: Signal<number> = signal(0);
  private readonly asked = new Map<string, Waiting>();
  private readonly view = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36);
  private count = 0;
  private host: HostModel | null = null;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly model: Model) {
    model.on("msg:custom", this.settle);
    model.on("comm_live_update", this.look);
    this.timer = setInterval(this.look, LOOK_MS);
  }

  // The host's own model tells when the connection is lost.
  async meet(own: string): Promise<HostModel | null> {
    if (!own || this.host) return this.host;
    this.host = (await this.model.widget_manager?.get_model?.(own).catch(() => null)) ?? null;
    return this.host;
  }

  ask(what: string, details: Record<string, unknown> = {}, data?: ArrayBuffer): Promise<Answer> {
    if (this.python.value === "gone") return Promise.reject(new GoneError());
    this.count += 1;
    const from = `${this.view}.${this.count}`;
    return new Promise((resolve, reject) => {
      this.asked.set(from, { resolve, reject, since: performance.now(), long: LONG.has(what) });
      this.waiting.value = this.asked.size;
      try {
        this.model.send({ ask: what, from, with: details }, undefined, data ? [data] : []);
      } catch (error) {
        this.asked.delete(from);
        reject(error as Error);
      }
    });
  }

  // What a person wants done; where it fails, Python says so in the bar.
  tell(what: string, details: Record<string, unknown> = {}, data?: ArrayBuffer): Promise<void> {
    return this.ask(what, details, data).then(
      () => undefined,
      () => undefined,
    );
  }

  private readonly settle = (content: Record<string, unknown>, buffers?: DataView[]) => {
    const waiting = this.asked.get(String(content?.to));
    if (!waiting) return;
    if ("later" in content) {
      waiting.long = true;
      return;
    }
    this.asked.delete(String(content.to));
    this.waiting.value = this.asked.size;
    if (this.python.value === "busy") this.look();
    if (content.error) waiting.reject(new Error(String(content.error)));
    else waiting.resolve({ ...content, buffers: buffers ?? [] });
  };

  private readonly look = () => {
    if (this.host?.comm_live === false) {
      this.python.value = "gone";
      for (const { reject } of this.asked.values()) reject(new GoneError());
      this.asked.clear();
      this.waiting.value = 0;
      return;
    }
    const now = performance.now();
    const late = [...this.asked.values()].some(({ since, long }) => !long && now - since > SLOW_MS);
    this.python.value = late ? "busy" : "ready";
  };

  close(): void {
    clearInterval(this.timer);
    this.model.off("msg:custom", this.settle);
    this.model.off("comm_live_update", this.look);
    for (const { reject } of this.asked.values()) reject(new Error("closed"));
    this.asked.clear();
  }
}
