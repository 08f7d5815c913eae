import { describe, expect, it } from "vitest";
import type { Tile } from "../state/facts";
import { bandsOf, cellAt, moved } from "./bands";

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

describe("keys", () => {
  const cell = { row: 3, column: 5 };
  it("go from cell to cell, ten at once with Shift", () => {
    expect(moved(cell, "ArrowUp", 0, 40)).toEqual({ row: 2, column: 5 });
    expect(moved(cell, "ArrowRight", 0, 40)).toEqual({ row: 3, column: 6 });
    expect(moved(cell, "ArrowDown", 0, 40, true)).toEqual({ row: 13, column: 5 });
    expect(moved(cell, "End", 0, 40)).toEqual({ row: 3, column: 39 });
  });
  it("stay within what is shown", () => {
    expect(moved(cell, "ArrowLeft", 5, 9)).toEqual({ row: 3, column: 5 });
    expect(moved(cell, "ArrowRight", 0, 6, true)).toEqual({ row: 3, column: 5 });
  });
  it("of other kinds lead nowhere", () => {
    expect(moved(cell, "x", 0, 40)).toBeNull();
  });
});
