import { describe, expect, it } from "vitest";
import type { ClusterRow } from "../state/facts";
import { HEAD_PX, inView, lay, matching, nextOpen, ordered, ROW_PX } from "./clusterList";

const row = (key: string, more: Partial<ClusterRow> = {}): ClusterRow => ({
  key,
  name: `name ${key}`,
  count: 10,
  share: "1%",
  color: "#000",
  medoids: [],
  mix: [],
  status: "proposed",
  ...more,
});
const rows = [
  row("0", { score: "90%" }),
  row("1", { score: "40%", status: "renamed" }),
  row("2"),
  row("3", { name: "unclustered" }),
];

describe("the list of clusters", () => {
  it("keeps the unclustered items last in every order", () => {
    expect(ordered(rows, "size").map(({ key }) => key)).toEqual(["0", "1", "2", "3"]);
    expect(ordered(rows, "doubt").map(({ key }) => key)).toEqual(["1", "0", "2", "3"]);
    expect(ordered(rows, "open").map(({ key }) => key)).toEqual(["0", "2", "1", "3"]);
  });

  it("hangs the card under the current row and moves the rows below it down", () => {
    const { lines, height } = lay(rows, [], "1", 100);
    expect(lines.map(({ top }) => top)).toEqual([0, ROW_PX, 2 * ROW_PX + 100, 3 * ROW_PX + 100]);
    expect(height).toBe(4 * ROW_PX + 100);
  });

  it("puts clusters under the larger one that they are parts of, and the others at the end", () => {
    const { lines } = lay(rows, [{ name: "large", count: 20, of: ["2", "0"] }], "", 0);
    expect(lines.map(({ key }) => key)).toEqual(["larger-0", "0", "2", "1", "3"]);
    expect(lines[1]!.top).toBe(HEAD_PX);
  });

  it("draws every row that is in view, wherever a thousand of them are scrolled to", () => {
    const many = Array.from({ length: 1000 }, (_, i) => row(String(i)));
    const { lines, height } = lay(many, [], "500", 300);
    for (let top = 0; top < height; top += 97) {
      const drawn = inView(lines, top, 400);
      const seen = lines.filter((line) => line.top + line.height > top && line.top < top + 400);
      for (const line of seen) expect(drawn).toContain(line);
      expect(drawn.length).toBeLessThan(40);
    }
  });

  it("goes on to the next one that is open, round the end, and stays where none is", () => {
    const keys = rows.map(({ key, status }) => ({ key, open: status === "proposed" }));
    expect(nextOpen(keys, "0")).toBe("2");
    expect(nextOpen(keys, "3")).toBe("0");
    expect(nextOpen(keys, "")).toBe("0");
    expect(nextOpen([{ key: "0", open: false }], "0")).toBe("0");
  });

  it("offers the nearest first of those whose name has the words", () => {
    expect(matching(rows, "", ["2", "1"]).map(({ key }) => key)).toEqual(["2", "1", "0", "3"]);
    expect(matching(rows, "NAME 1", []).map(({ key }) => key)).toEqual(["1"]);
  });
});
