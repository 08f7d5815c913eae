import { describe, expect, it } from "vitest";
import { besideOf, itemsInView, shapeOf, spotOf, TILE } from "./grid";
import { nearest } from "./sweep";

describe("the grid of tiles", () => {
  it("draws the rows in view and a few around, whatever the number of items", () => {
    const shape = shapeOf(400, 100_000);
    const [from, to] = itemsInView(shape, shape.height / 2, 400);
    expect((to - from) / shape.columns).toBeLessThan(12);
    expect(spotOf(shape, from).top).toBeLessThanOrEqual(shape.height / 2);
    expect(spotOf(shape, to).top).toBeGreaterThanOrEqual(shape.height / 2 + 400);
  });

  it("has no row for no item and a row for one", () => {
    expect(itemsInView(shapeOf(400, 0), 0, 300)).toEqual([0, 0]);
    expect(itemsInView(shapeOf(400, 1), 0, 300)).toEqual([0, 1]);
  });

  it("shows a row whole in a low strip", () => {
    expect(shapeOf(380, 40, 150).rowHeight).toBeLessThanOrEqual(150);
  });

  describe("in sections", () => {
    const sections = [
      { title: "4 with the word", start: 0 },
      { title: "20 like it", start: 4 },
    ];
    const shape = shapeOf(404, 24, Infinity, sections);

    it("begins each section in a row of its own, under its heading", () => {
      expect(shape.columns).toBe(3);
      expect(spotOf(shape, 3)).toEqual({ top: TILE.heading + shape.rowHeight, column: 0 });
      expect(spotOf(shape, 4)).toEqual({ top: 2 * TILE.heading + 2 * shape.rowHeight, column: 0 });
      expect(shape.height).toBe(2 * TILE.heading + 9 * shape.rowHeight);
    });

    it("draws every item that is in view", () => {
      for (let top = 0; top < shape.height - 200; top += 50) {
        const [from, to] = itemsInView(shape, top, 200);
        for (let item = 0; item < 24; item += 1) {
          const at = spotOf(shape, item).top;
          if (at < top + 200 && at + shape.rowHeight > top) expect(item >= from && item < to).toBe(true);
        }
      }
    });

    it("goes up and down across a heading and stops at the ends", () => {
      expect(besideOf(shape, 0, 1)).toBe(3);
      expect(besideOf(shape, 2, 1)).toBe(3);
      expect(besideOf(shape, 3, 1)).toBe(4);
      expect(besideOf(shape, 5, -1)).toBe(3);
      expect(besideOf(shape, 1, -1)).toBe(1);
      expect(besideOf(shape, 23, 1)).toBe(23);
    });
  });
});

describe("the slider", () => {
  it("stands at the value nearest to the one that is", () => {
    expect(nearest([5, 10, 20], 12)).toBe(1);
  });
});
