import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GoneError, Kernel } from "./kernel";
import type { HostModel, Model } from "./model";
import { Recent } from "./recent";
import { keepOnlyStill } from "./saving";

class Stub {
  sent: { ask: string; from: string; with: Record<string, unknown> }[] = [];
  heard = new Map<string, (...told: unknown[]) => void>();
  host: HostModel = { comm_live: true };
  model = {
    get: () => undefined,
    send: (content: (typeof this.sent)[0]) => this.sent.push(content),
    on: (event: string, call: (...told: unknown[]) => void) => this.heard.set(event, call),
    off: (event: string) => this.heard.delete(event),
    widget_manager: { get_model: async () => this.host },
  } as unknown as Model;
  answer(content: Record<string, unknown>, buffers: DataView[] = []) {
    this.heard.get("msg:custom")!(content, buffers);
  }
}

describe("the kernel", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("gives each question its own answer, in whatever order they come", async () => {
    const stub = new Stub();
    const kernel = new Kernel(stub.model);
    const [one, two] = [kernel.ask("look", { position: 1 }), kernel.ask("look", { position: 2 })];
    stub.answer({ to: stub.sent[1]!.from, id: "b" });
    stub.answer({ to: stub.sent[0]!.from, id: "a" });
    stub.answer({ to: "nobody", id: "c" });
    expect((await one).id).toBe("a");
    expect((await two).id).toBe("b");
    kernel.close();
  });

  it("passes on why there is no answer", async () => {
    const stub = new Stub();
    const kernel = new Kernel(stub.model);
    const asked = kernel.ask("media", { id: "x" });
    stub.answer({ to: stub.sent[0]!.from, error: "It is gone." });
    await expect(asked).rejects.toThrow("It is gone.");
    kernel.close();
  });

  it("says within two seconds that Python is gone, fails what waits, and asks no more", async () => {
    const stub = new Stub();
    const kernel = new Kernel(stub.model);
    await kernel.meet("own");
    const asked = kernel.ask("look");
    const failed = expect(asked).rejects.toBeInstanceOf(GoneError);
    stub.host.comm_live = false;
    await vi.advanceTimersByTimeAsync(2000);
    expect(kernel.python.value).toBe("gone");
    await failed;
    await expect(kernel.ask("look")).rejects.toBeInstanceOf(GoneError);
    expect(stub.sent).toHaveLength(1);
    kernel.close();
  });

  it("says that Python is busy when a quick question waits, not when a long one does", async () => {
    const stub = new Stub();
    const kernel = new Kernel(stub.model);
    kernel.tell("media");
    await vi.advanceTimersByTimeAsync(5000);
    expect(kernel.python.value).toBe("ready");
    kernel.tell("look");
    await vi.advanceTimersByTimeAsync(3000);
    expect(kernel.python.value).toBe("busy");
    stub.answer({ to: stub.sent[1]!.from });
    expect(kernel.python.value).toBe("ready");
    kernel.close();
  });

  it("does not take Python for busy where it said that a long work has begun", async () => {
    const stub = new Stub();
    const kernel = new Kernel(stub.model);
    const asked = kernel.ask("copies");
    stub.answer({ to: stub.sent[0]!.from, later: "comparing all items" });
    await vi.advanceTimersByTimeAsync(5000);
    expect(kernel.python.value).toBe("ready");
    stub.answer({ to: stub.sent[0]!.from, found: 3 });
    expect((await asked).found).toBe(3);
    kernel.close();
  });
});

describe("what is kept", () => {
  it("forgets what was not used for longest", () => {
    const forgotten: number[] = [];
    const recent = new Recent<string, number>(2, (value) => forgotten.push(value));
    recent.set("a", 1);
    recent.set("b", 2);
    recent.get("a");
    recent.set("c", 3);
    expect(forgotten).toEqual([2]);
    expect(recent.get("b")).toBeUndefined();
    expect(recent.get("a")).toBe(1);
  });

  it("saves a still picture and neither code nor columns", () => {
    const host: HostModel = {
      get_state: () => ({ _esm: "much", _css: "much", xy: "much", still: "data:image/png", _model_name: "AnyModel" }),
    };
    keepOnlyStill(host);
    keepOnlyStill(host);
    const state = host.get_state!();
    expect(Object.keys(state).sort()).toEqual(["_css", "_esm", "_model_name", "still"]);
    expect(state._esm).toContain("still picture");
  });
});
