// A page answers from what is inside it: words, slices, colours, ids; the right item each time.

import { describe, expect, it } from "vitest";
import type { Facts } from "../state/facts";
import { Answers } from "./answers";
import { maskOf, type PageData, placesFrom, positionsFrom } from "./data";
import { cell, csvOf, textOf } from "./files";
import { PageModel } from "./model";
import { WordIndex, wordsOf } from "./words";

const base64 = (bytes: ArrayLike<number>) => btoa(String.fromCharCode(...Array.from(bytes)));
const wide = (numbers: number[]) => base64(new Uint8Array(Uint32Array.from(numbers).buffer));
const none = 0xffffffff;

const data = (): PageData => ({
  name: "toy-items",
  headline: "4 items",
  trust: "",
  caveats: [],
  left_out: [],
  ids: ["a", "b", "c", "d"],
  titles: ["A dog.", "Hot dogs", "Café", "=1+1"],
  texts: ["", "", "a dog barks", "x".repeat(400)],
  spans: ["", "", "0–2 s", ""],
  modalities: ["text", "image", "page", "audio", "video"],
  modality: base64([1, 1, 3, 0]),
  xy: base64(new Uint8Array(Uint16Array.from([0, 0, 65535, 65535, 32768, 0, 0, 65535]).buffer)),
  nearest: wide([1, 2, 0, none, 0, 3, none, none]),
  scores: base64([90, 50, 90, 0, 50, 20, 0, 0]),
  nearest_count: 2,
  colorings: {
    cluster: {
      title: "cluster",
      codes: base64([0, 0, 1, 2]),
      colors: ["#4477aa", "#ee7733", "#9a9fa6"],
      entries: [],
      bar: null,
      names: [{ cluster: 0, text: "dogs", size: 2, color: "#4477aa", members: [0, 1] }],
    },
    year: {
      title: "year",
      codes: base64([0, 1, 3, 4]),
      colors: ["#000000", "#111111", "#222222", "#333333", "#9a9fa6"],
      entries: [],
      bar: { low: "1", high: "4", colors: [], log: false, counts: [2, 1], edges: ["1", "2", "4"] },
      names: [],
    },
  },
  choices: [
    ["cluster", "cluster"],
    ["year", "year"],
  ],
  clusters: {
    rows: [
      { key: "0", name: "dogs", count: 2, share: "50%", color: "#4477aa", medoids: ["b"], mix: [] },
      { key: "1", name: "sounds", count: 1, share: "25%", color: "#ee7733", medoids: ["c"], mix: [] },
      { key: "2", name: "unclustered", count: 1, share: "25%", color: "#9a9fa6", medoids: [], mix: [] },
    ],
    stability: {},
  },
  typical: [1, 2],
  details: [
    ["year", ["1", "2", "4", null]],
    ["place", ["home", "home", "street", null]],
  ],
  pictures: { 0: base64([1, 2]), 1: base64([3]), 2: base64([4]) },
  media: { 2: ["audio/mpeg", base64([9, 9])] },
  findings: [{ title: "exposure: Gini", positions: [1, 3] }],
  explanations: [],
  frames: [],
});

const made = () => {
  const facts = {} as Facts;
  const answers = new Answers(data(), (told) => Object.assign(facts, told));
  Object.assign(facts, answers.facts(500));
  return { facts, answers };
};
const lit = (facts: Facts) => positionsFrom((facts.lit as Uint8Array).slice().buffer, true);

describe("words", () => {
  const index = new WordIndex(["A dog.", "Hot dogs", "Café", "hund 犬の絵"], ["", "endogenous", "a DOG barks", ""]);
  const all = () => true;

  it("are found at the beginning of a word, whatever the case and the accents", () => {
    expect(index.find("dog", all)).toEqual({ inTitle: [0, 1], inText: [2] });
    expect(index.find("CAFE", all)).toEqual({ inTitle: [2], inText: [] });
    expect(index.find("genous", all)).toEqual({ inTitle: [], inText: [] });
  });

  it("must all be there, and only among what is shown", () => {
    expect(index.find("barks dog", all)).toEqual({ inTitle: [], inText: [2] });
    expect(index.find("dog", (item) => item === 1).inTitle).toEqual([1]);
  });

  it("of scripts without spaces are found anywhere", () => {
    expect(index.find("絵", all).inTitle).toEqual([3]);
  });

  it("that are only signs find nothing, and break nothing", () => {
    for (const query of ["(", "*+?", "[\\", "  "]) expect(index.find(query, all)).toEqual({ inTitle: [], inText: [] });
    expect(wordsOf("c++ $tar")).toEqual(["c", "tar"]);
  });
});

describe("positions and places", () => {
  it("come back from bits and from numbers, rising", () => {
    expect(positionsFrom(maskOf([0, 9, 17], 20).slice().buffer as ArrayBuffer, true)).toEqual([0, 9, 17]);
    expect(positionsFrom(Uint32Array.from([7, 2]).buffer, false)).toEqual([2, 7]);
  });

  it("span the square of the map", () => {
    const places = placesFrom(data().xy);
    expect([...places.slice(0, 4)]).toEqual([-1, -1, 1, 1]);
  });
});

describe("slices", () => {
  it("begin with what is typical, and then everything is taken along", () => {
    const { facts, answers } = made();
    expect([facts.items.kind, facts.items.total]).toEqual(["typical", 2]);
    expect(answers.tiles(0, 0).map(({ id, foot }) => [id, foot])).toEqual([
      ["b", "dogs"],
      ["c", "sounds"],
    ]);
    expect(answers.positions).toEqual([0, 1, 2, 3]);
  });

  it("of a search have a section for titles and one for texts", () => {
    const { facts, answers } = made();
    answers.search("dog");
    expect(facts.items.title).toBe("“dog” · 3 with the word");
    expect(facts.items.sections).toEqual([
      { title: "2 in the title", start: 0 },
      { title: "1 in the text", start: 2 },
    ]);
    expect(lit(facts)).toEqual([0, 1, 2]);
    expect(answers.tiles(facts.items.serial, 0).map(({ id, rank }) => [id, rank])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
    expect(answers.tiles(facts.items.serial - 1, 0)).toEqual([]);
  });

  it("of a search that finds nothing say so, and light nothing", () => {
    const { facts, answers } = made();
    answers.search("zzzz");
    expect(facts.items.title).toBe("Nothing has “zzzz” in its title or text");
    expect([facts.items.total, lit(facts)]).toEqual([0, []]);
    expect((facts.lit as Uint8Array).length).toBe(1);
    answers.search(" ");
    expect([facts.items.kind, (facts.lit as Uint8Array).length]).toEqual(["typical", 0]);
  });

  it("of a lasso leave greyed items out and say how many", () => {
    const { facts, answers } = made();
    answers.showModalities(["image"]);
    expect(lit(facts)).toEqual([0, 1]);
    answers.take([0, 1, 2]);
    expect([facts.items.title, facts.items.note]).toEqual(["2 selected", "1 greyed item was left out."]);
    answers.take([]);
    expect(facts.items.kind).toBe("typical");
  });

  it("are made of a cluster, a finding, a range and a value", () => {
    const { facts, answers } = made();
    answers.chooseCluster("0");
    expect(facts.items.title).toBe("dogs · 2 items");
    answers.chooseFinding(0);
    expect([facts.items.title, lit(facts)]).toEqual(["exposure: Gini · 2 items", [1, 3]]);
    answers.colorBy("year");
    answers.brush(1, 1);
    expect(lit(facts)).toEqual([2]);
    expect(answers.findValues("4")).toEqual({ values: [["4", "1"]], more: 0 });
    answers.chooseValue("2");
    expect(lit(facts)).toEqual([1]);
  });
});

describe("an open item", () => {
  it("has its own words, details, neighbours and place in the slice", () => {
    const { facts, answers } = made();
    answers.chooseCluster("0");
    answers.inspect("b");
    const { id, title, row, nearest, rows } = facts.item;
    expect([id, title, row]).toEqual(["b", "Hot dogs", 1]);
    expect(nearest?.map((one) => [one.id, one.score])).toEqual([["a", "0.90"]]);
    expect(rows).toEqual([
      ["year", "2"],
      ["place", "home"],
      ["id", "b"],
    ]);
    expect([lit(facts), facts.dimmed]).toEqual([[0, 1], "faint"]);
    expect([answers.beside(-1), answers.beside(1)]).toEqual(["a", ""]);
  });

  it("leads back to the one before", () => {
    const { facts, answers } = made();
    answers.inspect("a");
    answers.inspect("b");
    expect(facts.item.can_go_back).toBe(true);
    answers.back();
    expect(facts.item.id).toBe("a");
    answers.inspect("");
    expect([facts.item, facts.inspected]).toEqual([{}, ""]);
  });

  it("shows what the page carries: whole, or the small picture, or a reason", () => {
    const { answers } = made();
    expect(answers.items.medium("c")).toMatchObject({ mime: "audio/mpeg", note: "" });
    expect(answers.items.medium("a").note).toMatch(/small picture/);
    expect(() => answers.items.medium("d")).toThrow(/no room/);
    expect([answers.items.tile(2).silent, answers.items.tile(0).silent]).toEqual([false, true]);
    expect(answers.items.tile(3).words.length).toBe(280);
  });
});

describe("ids that are taken along", () => {
  const rows = [{ id: "a", title: '=cmd|"x"', modality: "image", cluster: "a, b" }];

  it("run nothing in a spreadsheet", () => {
    expect(csvOf(rows)).toBe('id,title,modality,cluster\r\na,"\'=cmd|""x""",image,"a, b"\r\n');
    for (const text of ["+1", "-1", "@x", "\t=1", "  =1"]) expect(cell(text).startsWith("'")).toBe(true);
    expect(cell("plain")).toBe("plain");
  });

  it("are one a line", () => {
    expect(textOf(rows)).toBe("a\n");
  });
});

describe("the model of a page", () => {
  const ask = (model: PageModel, what: string, details = {}, buffers: ArrayBuffer[] = []) =>
    new Promise<Record<string, unknown>>((resolve) => {
      const heard = (content: Record<string, unknown>, answered: DataView[]) => {
        if (content.to !== what) return;
        model.off("msg:custom", heard);
        resolve({ ...content, buffers: answered });
      };
      model.on("msg:custom", heard);
      model.send({ ask: what, from: what, with: details }, undefined, buffers);
    });

  it("answers as Python would, later and with buffers", async () => {
    const model = new PageModel(data(), 500);
    const { ids, buffers } = await ask(model, "pictures", { ids: ["a", "d"] });
    expect(ids).toEqual(["a"]);
    expect((buffers as DataView[]).map((view) => view.byteLength)).toEqual([2]);
    expect(await ask(model, "look", { position: 1 })).toMatchObject({ id: "b", cluster: "dogs" });
    expect(await ask(model, "recluster")).toMatchObject({ error: expect.stringMatching(/no Python/) });
  });

  it("tells what changes", async () => {
    const model = new PageModel(data(), 500);
    const heard: string[] = [];
    model.on("change:items", () => heard.push((model.get("items") as Facts["items"]).title));
    await ask(model, "pick", { packed: false }, [Uint32Array.from([0, 1]).buffer]);
    expect(heard).toEqual(["2 selected"]);
  });
});
