// Names beside their clusters: never over each other, never over items of another cluster.

export interface Named {
  width: number;
  height: number;
  // Spots of some members in pixels, x and y in turn, the one nearest the middle first.
  members: Float32Array;
  // Which cluster the members are of, where that is not its place in the list.
  cluster?: number;
  // Clusters whose items it may cover: of a name for several, or for a part of one. Its own members are no obstacle.
  of?: ReadonlySet<number>;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

// How a name stands to one of its members; kept from one drawing to the next, so that names do not jump.
export interface Stand {
  member: number;
  side: number;
}

export interface Placed extends Stand {
  box: Box;
}

const CELL = 24;
const GAP = 2;
// Costs in pixels of distance: covering one's own item; leaving the stand of before.
const OWN = 14;
const MOVING = 26;
const MARGIN = 3;

const SIDES: readonly (readonly [number, number])[] = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
  [0.5, -1],
  [-0.5, -1],
  [0.5, 1],
  [-0.5, 1],
];

export function boxAt(x: number, y: number, width: number, height: number, side: number, radius: number): Box {
  const [dx, dy] = SIDES[side]!;
  const far = radius + GAP;
  const left = dx === 1 ? x + far : dx === -1 ? x - far - width : x - width / 2 + dx * width;
  const top = dy === -1 ? y - far - height : dy === 1 ? y + far : y - height / 2;
  return { left, top, right: left + width, bottom: top + height };
}

export function overlap(one: Box, two: Box, gap = 0): boolean {
  return (
    one.left < two.right + gap && one.right > two.left - gap && one.top < two.bottom + gap && one.bottom > two.top - gap
  );
}

// Names come largest cluster first. Null where no place is free.
export function placeNames(
  names: readonly Named[],
  room: { width: number; height: number },
  {
    radius = 4,
    taken = [],
    before = [],
  }: { radius?: number; taken?: readonly Box[]; before?: readonly (Stand | null)[] } = {},
): (Placed | null)[] {
  const crowd = new Crowd(names, room);
  const full: Box[] = [...taken];
  return names.map((name, owner) => {
    const own = name.of ?? new Set([name.cluster ?? owner]);
    const placed = placeOne(name, own, room, radius, crowd, full, before[owner] ?? null);
    if (placed) full.push(placed.box);
    return placed;
  });
}

function placeOne(
  name: Named,
  ofName: ReadonlySet<number>,
  room: { width: number; height: number },
  radius: number,
  crowd: Crowd,
  full: readonly Box[],
  before: Stand | null,
): Placed | null {
  const { width, height, members } = name;
  const [mx, my] = [members[0]!, members[1]!];
  let best: Placed | null = null;
  let least = Infinity;
  for (let member = 0; member < members.length / 2; member += 1) {
    const [x, y] = [members[2 * member]!, members[2 * member + 1]!];
    if (x < 0 || y < 0 || x > room.width || y > room.height) continue;
    for (let side = 0; side < SIDES.length; side += 1) {
      const box = boxAt(x, y, width, height, side, radius);
      if (box.left < MARGIN || box.top < MARGIN || box.right > room.width - MARGIN || box.bottom > room.height - MARGIN)
        continue;
      const stays = before !== null && before.member === member && before.side === side;
      let cost = Math.hypot((box.left + box.right) / 2 - mx, (box.top + box.bottom) / 2 - my) - (stays ? MOVING : 0);
      if (cost >= least) continue;
      const own = crowd.under(box, ofName, radius);
      if (own < 0) continue;
      cost += own * OWN;
      if (cost >= least || full.some((other) => overlap(box, other, 3))) continue;
      [best, least] = [{ member, side, box }, cost];
    }
  }
  return best;
}

// The members of all names, sorted into cells.
class Crowd {
  private readonly cells = new Map<number, number[]>();
  private readonly wide: number;

  constructor(names: readonly Named[], room: { width: number; height: number }) {
    this.wide = Math.ceil(room.width / CELL) + 2;
    names.forEach(({ members, cluster, of }, place) => {
      if (of) return;
      const owner = cluster ?? place;
      for (let i = 0; i < members.length; i += 2) {
        const [x, y] = [members[i]!, members[i + 1]!];
        if (x < -CELL || y < -CELL || x > room.width + CELL || y > room.height + CELL) continue;
        const cell = this.cell(x, y);
        const found = this.cells.get(cell);
        if (found) found.push(owner, x, y);
        else this.cells.set(cell, [owner, x, y]);
      }
    });
  }

  private cell(x: number, y: number): number {
    return (Math.floor(y / CELL) + 1) * this.wide + Math.floor(x / CELL) + 1;
  }

  // How many members of these clusters lie under a box; -1 where one of another lies there.
  under(box: Box, ofName: ReadonlySet<number>, radius: number): number {
    const reach = radius * 0.7;
    let own = 0;
    for (let y = box.top - reach; ; y = Math.min(y + CELL, box.bottom + reach)) {
      for (let x = box.left - reach; ; x = Math.min(x + CELL, box.right + reach)) {
        const found = this.cells.get(this.cell(x, y));
        if (found && !this.seen.has(found)) {
          this.seen.add(found);
          for (let k = 0; k < found.length; k += 3) {
            const [px, py] = [found[k + 1]!, found[k + 2]!];
            if (px < box.left - reach || px > box.right + reach || py < box.top - reach || py > box.bottom + reach)
              continue;
            if (!ofName.has(found[k]!)) {
              this.seen.clear();
              return -1;
            }
            own += 1;
          }
        }
        if (x >= box.right + reach) break;
      }
      if (y >= box.bottom + reach) break;
    }
    this.seen.clear();
    return own;
  }

  private readonly seen = new Set<number[]>();
}
