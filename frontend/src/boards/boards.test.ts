import { describe, expect, it } from "vitest";
import { rowsInView, shapeOf } from "./grid";
import { nearest } from "./sweep";

describe("the grid of tiles", () => {
  it("draws the rows in view and a few around, whatever the number of items", () => {
    const shape = shapeOf(400, 100_000);
    const [first, last] = rowsInView(shape, shape.height / 2, 400);
    expect(last - first).toBeLessThan(12);
    expect(first * shape.rowHeight).toBeLessThanOrEqual(shape.height / 2);
    expect(last * shape.rowHeight).toBeGreaterThanOrEqual(shape.height / 2 + 400);
  });

  it("has no row for no item and a row for one", () => {
    expect(rowsInView(shapeOf(400, 0), 0, 300)).toEqual([0, 0]);
    expect(rowsInView(shapeOf(400, 1), 0, 300)).toEqual([0, 1]);
  });

  it("shows a row whole in a low strip", () => {
    expect(shapeOf(380, 40, 150).rowHeight).toBeLessThanOrEqual(150);
  });
});

describe("the slider", () => {
  it("stands at the value nearest to the one that is", () => {
    expect(nearest([5, 10, 20], 12)).toBe(1);
  });
});
