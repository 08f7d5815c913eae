// A model as hosts of widgets have it, with nobody behind it: it answers from the page itself.

import type { Model } from "../kernel/model";
import type { Facts } from "../state/facts";
import { Answers } from "./answers";
import { type PageData, positionsFrom } from "./data";

interface Asked {
  ask: string;
  from: string;
  // biome-ignore lint/suspicious/noExplicitAny: each question knows its details
  with: Record<string, any>;
}

interface Answered {
  content?: Record<string, unknown>;
  buffers?: Uint8Array<ArrayBuffer>[];
}

// biome-ignore lint/suspicious/noExplicitAny: events carry what their name says
type Call = (...told: any[]) => void;

export class PageModel implements Model {
  readonly answers: Answers;
  private readonly facts: Facts;
  private readonly calls = new Map<string, Set<Call>>();

  constructor(data: PageData, height: number) {
    this.answers = new Answers(data, (facts) => this.tell(facts));
    this.facts = this.answers.facts(height);
  }

  get(name: string): unknown {
    return this.facts[name as keyof Facts];
  }

  set(name: string, value: unknown): void {
    this.tell({ [name]: value });
  }

  save_changes(): void {}

  on(event: string, call: Call): void {
    const calls = this.calls.get(event) ?? new Set();
    this.calls.set(event, calls.add(call));
  }

  off(event: string, call: Call): void {
    this.calls.get(event)?.delete(call);
  }

  send(content: unknown, _callbacks?: unknown, buffers?: ArrayBuffer[]): void {
    const asked = content as Asked;
    // As from Python: never before the question has been sent.
    queueMicrotask(() => {
      try {
        const { content = {}, buffers: data = [] } = this.answer(asked, buffers?.[0]);
        this.emit(
          "msg:custom",
          { to: asked.from, ...content },
          data.map((bytes) => new DataView(bytes.buffer)),
        );
      } catch (error) {
        this.emit("msg:custom", { to: asked.from, error: (error as Error).message });
      }
    });
  }

  private tell(facts: Partial<Facts>): void {
    Object.assign(this.facts, facts);
    for (const name of Object.keys(facts)) this.emit(`change:${name}`);
  }

  private emit(event: string, ...told: unknown[]): void {
    for (const call of [...(this.calls.get(event) ?? [])]) call(...told);
  }

  private answer({ ask, with: details }: Asked, data?: ArrayBuffer): Answered {
    const { answers } = this;
    const acts: Record<string, () => void> = {
      search: () => answers.search(details.query),
      clear: () => answers.clear(),
      pick: () => answers.take(positionsFrom(data!, details.packed)),
      inspect: () => answers.inspect(details.id),
      back: () => answers.back(),
      color_by: () => answers.colorBy(details.column),
      mute: () => answers.mute(details.keys),
      show_modalities: () => answers.showModalities(details.names),
      choose_cluster: () => answers.chooseCluster(details.key),
      choose_finding: () => answers.chooseFinding(details.place),
      choose_value: () => answers.chooseValue(details.value),
      brush: () => answers.brush(details.first, details.last),
      dismiss: () => this.tell({ last_error: "" }),
      hover: () => {},
    };
    const act = acts[ask];
    if (act) {
      act();
      return {};
    }
    switch (ask) {
      case "tiles":
        return { content: { start: details.start, tiles: answers.tiles(details.serial, details.start) } };
      case "look":
        return { content: { ...answers.items.tile(details.position) } };
      case "ids_at":
        return { content: { ids: details.positions.map((position: number) => answers.items.tile(position).id) } };
      case "neighbor_in_slice":
        return { content: { id: answers.beside(details.step) } };
      case "find_values":
        return { content: { ...answers.findValues(details.words) } };
      case "names_at":
        return { content: { names: [] } };
      case "pictures": {
        const found = (details.ids as string[]).map((id) => [id, answers.items.picture(id)] as const);
        const known = found.filter((one): one is [string, Uint8Array<ArrayBuffer>] => one[1] !== null);
        return { content: { ids: known.map(([id]) => id) }, buffers: known.map(([, bytes]) => bytes) };
      }
      case "media": {
        const { mime, bytes, note } = answers.items.medium(details.id);
        return { content: { id: details.id, mime, note }, buffers: [bytes] };
      }
      default:
        throw new Error("This page has no Python behind it: open the library for that.");
    }
  }
}
