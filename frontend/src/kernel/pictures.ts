// Small pictures of items: asked for together, kept for a while.

import type { Kernel } from "./kernel";
import { Recent } from "./recent";

const KEPT = 600;
const AT_ONCE = 24;

export class Pictures {
  private readonly urls = new Recent<string, Promise<string | null>>(KEPT, (promise) =>
    promise.then((url) => url && URL.revokeObjectURL(url)),
  );
  private readonly queue = new Map<string, (url: string | null) => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly kernel: Kernel) {}

  // A Blob URL, or null where the item has no picture.
  url(id: string): Promise<string | null> {
    let promise = this.urls.get(id);
    if (!promise) {
      promise = new Promise((resolve) => this.queue.set(id, resolve));
      this.urls.set(id, promise);
      this.timer ??= setTimeout(() => this.fetch(), 10);
    }
    return promise;
  }

  private fetch(): void {
    this.timer = undefined;
    const wanted = [...this.queue];
    this.queue.clear();
    for (let i = 0; i < wanted.length; i += AT_ONCE) this.fetchSome(wanted.slice(i, i + AT_ONCE));
  }

  private async fetchSome(wanted: [string, (url: string | null) => void][]): Promise<void> {
    const ids = wanted.map(([id]) => id);
    const answer = await this.kernel.ask("pictures", { ids }).catch(() => {
      // Ask again next time; what is remembered as missing would stay so.
      for (const id of ids) this.urls.drop(id);
      return { ids: [] as string[], buffers: [] as DataView[] };
    });
    const drawn = new Map<string, DataView>(answer.ids.map((id: string, i: number) => [id, answer.buffers[i]!]));
    for (const [id, resolve] of wanted) {
      const bytes = drawn.get(id);
      resolve(bytes ? URL.createObjectURL(new Blob([bytes as BlobPart], { type: "image/webp" })) : null);
    }
  }

  close(): void {
    this.urls.clear();
  }
}
