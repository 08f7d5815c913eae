import { describe, expect, it } from "vitest";
import { boxAt, type Named, overlap, placeNames } from "./placement";

const room = { width: 700, height: 500 };

// A cluster of members around a middle, seeded.
function clusterAt(x: number, y: number, spread: number, seed: number, members = 40): Named {
  let state = seed;
  const draw = () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296 - 0.5;
  };
  const spots = new Float32Array(2 * members);
  spots.set([x, y]);
  for (let i = 1; i < members; i += 1) spots.set([x + draw() * spread, y + draw() * spread], 2 * i);
  return { width: 90, height: 18, members: spots };
}

const apart = (box: { left: number; top: number; right: number; bottom: number }, x: number, y: number) =>
  Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));

describe("names beside clusters", () => {
  const crowded = Array.from({ length: 40 }, (_, i) =>
    clusterAt(60 + (i % 8) * 85, 50 + Math.floor(i / 8) * 95, 70, i + 1),
  );
  const placed = placeNames(crowded, room);

  it("never overlap and stay in the room", () => {
    const boxes = placed.flatMap((name) => (name ? [name.box] : []));
    expect(boxes.length).toBeGreaterThan(20);
    boxes.forEach((one, i) => {
      for (const two of boxes.slice(i + 1)) expect(overlap(one, two)).toBe(false);
      expect(one.left).toBeGreaterThan(0);
      expect(one.right).toBeLessThan(room.width);
      expect(one.top).toBeGreaterThan(0);
      expect(one.bottom).toBeLessThan(room.height);
    });
  });

  it("stand within 8 px of a member of their own cluster and cover none of another", () => {
    placed.forEach((name, owner) => {
      if (!name) return;
      const { members } = crowded[owner]!;
      let least = Infinity;
      for (let i = 0; i < members.length; i += 2)
        least = Math.min(least, apart(name.box, members[i]!, members[i + 1]!));
      expect(least).toBeLessThanOrEqual(8);
      crowded.forEach((other, i) => {
        if (i === owner) return;
        for (let k = 0; k < other.members.length; k += 2)
          expect(apart(name.box, other.members[k]!, other.members[k + 1]!)).toBeGreaterThan(0);
      });
    });
  });

  it("stay where they stand when all moves a little", () => {
    const moved = crowded.map((name) => ({ ...name, members: name.members.map((value) => value + 1.5) }));
    const again = placeNames(moved, room, { before: placed });
    const same = again.filter(
      (name, i) => name && placed[i] && name.member === placed[i]!.member && name.side === placed[i]!.side,
    );
    expect(same.length).toBeGreaterThan(0.8 * placed.filter(Boolean).length);
  });

  it("give way to what is there already", () => {
    const [name] = placeNames([clusterAt(300, 200, 10, 3)], room, {
      taken: [{ left: 0, top: 0, right: 700, bottom: 195 }],
    });
    expect(name!.box.top).toBeGreaterThanOrEqual(195);
  });

  it("may cover the clusters that they are about, and no other", () => {
    const inner = clusterAt(300, 200, 160, 3, 400);
    const over = { width: 90, height: 18, members: Float32Array.from([300, 200]), of: new Set([0]) };
    expect(placeNames([inner, over], room)[1]).not.toBeNull();
    expect(placeNames([inner, { ...over, of: new Set([5]) }], room)[1]).toBeNull();
  });

  it("are not drawn where the cluster is out of sight", () => {
    expect(placeNames([clusterAt(-400, 200, 20, 3)], room)).toEqual([null]);
  });

  it("stand above, right, below and left", () => {
    expect(boxAt(100, 100, 40, 10, 0, 4)).toEqual({ left: 80, top: 84, right: 120, bottom: 94 });
    expect(boxAt(100, 100, 40, 10, 1, 4)).toEqual({ left: 106, top: 95, right: 146, bottom: 105 });
  });
});
