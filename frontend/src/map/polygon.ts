// What lies inside a line that was drawn around it.

export function inside(xy: Float32Array, corners: readonly (readonly [number, number])[]): Uint32Array {
  const xs = Float64Array.from(corners, ([x]) => x);
  const ys = Float64Array.from(corners, ([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const found = new Uint32Array(xy.length / 2);
  let count = 0;
  for (let i = 0; i < xy.length / 2; i += 1) {
    const x = xy[2 * i]!;
    const y = xy[2 * i + 1]!;
    if (x < left || x > right || y < low || y > high) continue;
    let within = false;
    for (let a = 0, b = xs.length - 1; a < xs.length; b = a, a += 1) {
      const [ya, yb] = [ys[a]!, ys[b]!];
      if (ya > y !== yb > y && x < ((xs[b]! - xs[a]!) * (y - ya)) / (yb - ya) + xs[a]!) within = !within;
    }
    if (within) {
      found[count] = i;
      count += 1;
    }
  }
  return found.slice(0, count);
}

// The notebook server cuts the connection at a message over 10 MiB; from so many items on, one bit each is smaller.
export const MOST_NUMBERS = 2_000_000;

export function packed(items: Uint32Array, n: number): { packed: boolean; data: ArrayBuffer } {
  if (items.length <= MOST_NUMBERS) return { packed: false, data: items.buffer as ArrayBuffer };
  const bits = new Uint8Array(Math.ceil(n / 8));
  for (const i of items) bits[i >> 3]! |= 1 << (i & 7);
  return { packed: true, data: bits.buffer };
}
