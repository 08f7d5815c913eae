import { describe, expect, it } from "vitest";
import { peaksOf } from "../media/peaks";
import { boundsOf, Camera } from "./camera";
import { densityOf, REACH, SIZE, stepped, stepsOf } from "./density";
import { rectangle } from "./gestures";
import { Grid } from "./grid";
import { nextSpot } from "./keys";
import { opacityOf, paint, pointSize, rgbaOf } from "./paint";
import { inside, MOST_NUMBERS, packed } from "./polygon";
import { apart } from "./thumbnails";

const scattered = (n: number) =>
  Float32Array.from({ length: 2 * n }, (_, k) => Math.sin(k * 12.9898) * Math.cos(k * 4.1414));

describe("the camera", () => {
  it.each([
    [700, 560],
    [320, 900],
    [1900, 300],
  ])("shows everything in a box of %i × %i", (width, height) => {
    const xy = scattered(500);
    const camera = new Camera();
    camera.fit(boundsOf(xy), { width, height });
    for (let i = 0; i < xy.length; i += 2) {
      const [x, y] = camera.spot(xy[i]!, xy[i + 1]!);
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(height);
    }
  });

  it("keeps the place under the pointer when it zooms", () => {
    const camera = new Camera();
    camera.fit(boundsOf(scattered(50)), { width: 600, height: 400 });
    const before = camera.place(123, 321);
    camera.zoomAt(123, 321, 3);
    const after = camera.place(123, 321);
    expect(after[0]).toBeCloseTo(before[0], 6);
    expect(after[1]).toBeCloseTo(before[1], 6);
    expect(camera.zoom).toBeCloseTo(3);
  });

  it("fits again when the box changes, unless somebody moved it", () => {
    const bounds = boundsOf(scattered(50));
    const [camera, fresh] = [new Camera(), new Camera()];
    camera.fit(bounds, { width: 600, height: 400 });
    camera.resize({ width: 600, height: 400 }, { width: 300, height: 400 }, bounds);
    fresh.fit(bounds, { width: 300, height: 400 });
    expect(camera.scale).toBeCloseTo(fresh.scale);
    camera.zoomAt(100, 100, 2);
    const middle = camera.place(150, 200);
    camera.resize({ width: 300, height: 400 }, { width: 500, height: 300 }, bounds);
    const now = camera.place(250, 150);
    expect(now[0]).toBeCloseTo(middle[0], 6);
    expect(now[1]).toBeCloseTo(middle[1], 6);
    expect(camera.zoom).toBeCloseTo(2);
  });
});

describe("the grid", () => {
  it("finds the nearest item that a search through all finds", () => {
    const xy = scattered(800);
    const grid = new Grid(xy);
    for (let k = 0; k < 200; k += 1) {
      const [x, y] = [Math.sin(k) * 1.1, Math.cos(k * 3) * 1.1];
      let best = -1;
      let least = 0.15 ** 2;
      for (let i = 0; i < 800; i += 1) {
        const far = (xy[2 * i]! - x) ** 2 + (xy[2 * i + 1]! - y) ** 2;
        if (far <= least) [best, least] = [i, far];
      }
      expect(grid.nearest(x, y, 0.15)).toBe(best);
    }
  });

  it("works with one item and with items in one place", () => {
    expect(new Grid(Float32Array.from([0.5, 0.5])).nearest(0.5, 0.5, 0.1)).toBe(0);
    expect(new Grid(new Float32Array(20)).nearest(0, 0, 0.1)).toBeGreaterThanOrEqual(0);
    expect(new Grid(new Float32Array()).nearest(0, 0, 1)).toBe(-1);
  });
});

describe("a lasso", () => {
  it("holds what lies in its line, also where the line turns inwards", () => {
    const xy = Float32Array.from([0.5, 0.2, 0.5, 0.9, 0.1, 0.9, 2, 2]);
    const notched = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0.5, 0.5],
      [0, 1],
    ] as const;
    expect([...inside(xy, notched)]).toEqual([0, 2]);
    expect([...inside(xy, rectangle([0, 0], [1, 1]))]).toEqual([0, 1, 2]);
  });

  it("travels as numbers, and as one bit for every item where those would be too many", () => {
    expect(packed(Uint32Array.from([3, 5]), 9)).toMatchObject({ packed: false });
    const { packed: isPacked, data } = packed(
      new Uint32Array(MOST_NUMBERS + 1).map((_, i) => i),
      MOST_NUMBERS + 8,
    );
    expect(isPacked).toBe(true);
    const bits = new Uint8Array(data);
    expect(bits[0]).toBe(255);
    expect(bits[MOST_NUMBERS / 8]).toBe(1);
  });
});

describe("paint", () => {
  const codes = Uint8Array.from([0, 1, 1, 0]);
  const colors = ["#ff0000", "#0000ff"];
  const base = { codes, colors, muted: [], lit: new Uint8Array(), dimmed: "grey" as const, opacity: 1 };

  it("gives each item the colour of its code", () => {
    const { rgba, order } = paint(base);
    expect([...rgba.slice(0, 8)]).toEqual([255, 0, 0, 255, 0, 0, 255, 255]);
    expect(order).toBeNull();
  });

  it("draws what is dimmed first and in grey, what is lit last and in colour", () => {
    const { rgba, order, split } = paint({ ...base, lit: Uint8Array.from([0b0010]) });
    expect(split).toBe(3);
    expect([...order!].at(-1)).toBe(1);
    expect([...rgba.slice(4, 8)]).toEqual([0, 0, 255, 255]);
    expect(rgba[0]).toBe(rgba[12]);
  });

  it("draws what belongs to no cluster below what does", () => {
    const codes = Uint8Array.from([1, 0, 1, 0]);
    const { order, split, few } = paint({ ...base, codes, colors: ["#ff0000", "#9a9fa6"] });
    expect([...order!]).toEqual([0, 2, 1, 3]);
    expect([split, few]).toEqual([2, false]);
  });

  it("dims all where nothing is lit, and keeps colours where they are only faint", () => {
    expect(paint({ ...base, lit: new Uint8Array(1) }).split).toBe(4);
    const faint = new Uint32Array(paint({ ...base, lit: new Uint8Array(1), dimmed: "faint" }).rgba.buffer);
    expect(faint[0]).toBe(rgbaOf("#ff0000", 0.22));
  });

  it("greys an entry of the legend", () => {
    expect(paint({ ...base, muted: ["1"] }).split).toBe(2);
  });

  it("makes more items smaller and lighter", () => {
    expect([100, 10_000, 10_000_000].map(pointSize)).toEqual([9, 5, 2]);
    expect(opacityOf(100)).toBe(0.85);
    expect(opacityOf(10_000_000)).toBe(0.3);
  });
});

describe("arrows on the map", () => {
  const names = [
    { x: 100, y: 100, name: "a" },
    { x: 200, y: 110, name: "b" },
    { x: 110, y: 300, name: "c" },
  ];
  it("lead to the nearest name in their direction, and nowhere where there is none", () => {
    expect(nextSpot("ArrowRight", names[0]!, names)?.name).toBe("b");
    expect(nextSpot("ArrowDown", names[0]!, names)?.name).toBe("c");
    expect(nextSpot("ArrowUp", names[0]!, names)).toBeNull();
    expect(nextSpot("x", names[0]!, names)).toBeNull();
  });
});

describe("density", () => {
  const xy = new Float32Array(2000);
  for (let i = 0; i < 500; i += 1) xy.set([-0.5 + ((i * 37) % 100) / 1000, 0.5 + ((i * 53) % 100) / 1000], 2 * i);
  for (let i = 500; i < 1000; i += 1) xy.set([0.9 - ((i * 37) % 900) / 500, -0.9 + ((i * 71) % 900) / 900], 2 * i);
  const cells = densityOf(xy);
  const steps = stepsOf(cells);

  it("keeps the number of items and is highest where most are", () => {
    expect(cells.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1000, 0);
    const at = cells.indexOf(Math.max(...cells));
    const side = Math.sqrt(cells.length);
    expect(((at % side) / side) * 2 * REACH - REACH).toBeCloseTo(-0.45, 1);
    expect(REACH - (Math.floor(at / side) / side) * 2 * REACH).toBeCloseTo(0.55, 1);
  });

  it("has steps that rise and enclose the shares they stand for", () => {
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
    const within = cells.filter((value) => value >= steps[2]!).reduce((sum, value) => sum + value, 0);
    expect(within / 1000).toBeGreaterThan(0.45);
    expect(within / 1000).toBeLessThan(0.65);
  });

  it("draws nothing where there is nothing", () => {
    const pixels = stepped(cells, steps);
    expect(pixels[4 * (SIZE - 1) + 3]).toBe(0);
    expect(pixels.reduce((most, value) => Math.max(most, value), 0)).toBeGreaterThan(20);
  });
});

describe("pictures as marks", () => {
  it("never cover each other by much", () => {
    const spots: [number, number][] = [
      [10, 10],
      [12, 11],
      [80, 10],
      [60, 60],
      [61, 90],
    ];
    expect(apart([0, 1, 2, 3, 4], (item) => spots[item], 40)).toEqual([0, 2, 3]);
  });
});

describe("the bars of a sound", () => {
  it("stand as high as the sound is loud, the loudest in full", () => {
    const samples = Float32Array.from({ length: 300 }, (_, k) => (k < 100 ? 0 : k < 200 ? 0.25 : 1) * (k % 2 ? 1 : -1));
    expect(peaksOf(samples, 3)).toEqual([0, 0.5, 1]);
  });

  it("are flat in silence, also where there is no sample", () => {
    expect(peaksOf(new Float32Array(8), 2)).toEqual([0, 0]);
    expect(peaksOf(new Float32Array(), 2)).toEqual([0, 0]);
  });
});
