// Which item is nearest to a place: all items sorted into the cells of a grid.

import { boundsOf } from "./camera";

export class Grid {
  private readonly starts: Uint32Array;
  private readonly items: Uint32Array;
  private readonly side: number;
  private readonly wide: number;
  private readonly tall: number;
  private readonly left: number;
  private readonly low: number;

  constructor(private readonly xy: Float32Array) {
    const n = xy.length / 2;
    const bounds = boundsOf(xy);
    [this.left, this.low] = [bounds.left, bounds.low];
    const [width, height] = [bounds.right - bounds.left || 1, bounds.high - bounds.low || 1];
    this.side = Math.sqrt((width * height) / Math.max(n / 4, 1)) || 1;
    this.wide = Math.min(Math.ceil(width / this.side) + 1, 4096);
    this.tall = Math.min(Math.ceil(height / this.side) + 1, 4096);
    this.starts = new Uint32Array(this.wide * this.tall + 1);
    this.items = new Uint32Array(n);
    const cells = new Uint32Array(n);
    for (let i = 0; i < n; i += 1) {
      const cell = this.row(xy[2 * i + 1]!) * this.wide + this.column(xy[2 * i]!);
      cells[i] = cell;
      this.starts[cell + 1]! += 1;
    }
    for (let cell = 0; cell < this.starts.length - 1; cell += 1) this.starts[cell + 1]! += this.starts[cell]!;
    const next = this.starts.slice();
    for (let i = 0; i < n; i += 1) {
      const cell = cells[i]!;
      this.items[next[cell]!] = i;
      next[cell]! += 1;
    }
  }

  private column(x: number): number {
    return Math.min(Math.max(Math.floor((x - this.left) / this.side), 0), this.wide - 1);
  }

  private row(y: number): number {
    return Math.min(Math.max(Math.floor((y - this.low) / this.side), 0), this.tall - 1);
  }

  // Call with every item of a rectangle's cells; items a little outside are among them.
  visit(left: number, low: number, right: number, high: number, call: (item: number) => void): void {
    const [first, last] = [this.column(left), this.column(right)];
    for (let row = this.row(low); row <= this.row(high); row += 1) {
      const end = this.starts[row * this.wide + last + 1]!;
      for (let k = this.starts[row * this.wide + first]!; k < end; k += 1) call(this.items[k]!);
    }
  }

  nearest(x: number, y: number, reach: number): number {
    let best = -1;
    let least = reach * reach;
    this.visit(x - reach, y - reach, x + reach, y + reach, (item) => {
      const dx = this.xy[2 * item]! - x;
      const dy = this.xy[2 * item + 1]! - y;
      const apart = dx * dx + dy * dy;
      if (apart <= least) [best, least] = [item, apart];
    });
    return best;
  }
}
