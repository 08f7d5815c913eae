import { describe, expect, it } from "vitest";
import type { Tile } from "../state/facts";
import { bandsOf, cellAt } from "./bands";

const cluster = (start: number, end: number) => ({ start, end, name: "", color: "", medoid: {} as Tile });

describe("bands beside a matrix", () => {
  it("cover the edge without a gap", () => {
    const bands = bandsOf([cluster(0, 3), cluster(3, 10)], 0, 10, 200);
    expect(bands.map(({ low, high }) => [low, high])).toEqual([
      [0, 60],
      [60, 200],
    ]);
  });
  it("are cut where the view ends, and left out beyond", () => {
    const bands = bandsOf([cluster(0, 3), cluster(3, 10), cluster(10, 12)], 5, 10, 100);
    expect(bands.map(({ low, high }) => [low, high])).toEqual([[0, 100]]);
  });
  it("and a pointer at the last pixel means the last cell", () => {
    expect(cellAt(0, 100, 5, 10)).toBe(5);
    expect(cellAt(100, 100, 5, 10)).toBe(9);
    expect(cellAt(59, 100, 5, 10)).toBe(7);
  });
});
