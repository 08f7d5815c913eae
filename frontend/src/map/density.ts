// How many items lie where, in even steps: the countries of the map, drawn under its items.

export const REACH = 1.12;
const CELLS = 128;
const PIXELS = 512;
const BLUR = 2;
const PASSES = 3;
// Shares of the items that the steps enclose, from the widest.
const SHARES = [0.92, 0.7, 0.45, 0.22];
const STEP_ALPHA = 8;
const EDGE_ALPHA = 12;

// Density over the square from -REACH to REACH, row after row from the top.
export function densityOf(xy: Float32Array): Float32Array {
  let cells: Float32Array = new Float32Array(CELLS * CELLS);
  for (let i = 0; i < xy.length; i += 2) {
    const column = Math.floor(((xy[i]! + REACH) / (2 * REACH)) * CELLS);
    const row = Math.floor(((REACH - xy[i + 1]!) / (2 * REACH)) * CELLS);
    if (column >= 0 && row >= 0 && column < CELLS && row < CELLS) cells[row * CELLS + column]! += 1;
  }
  for (let pass = 0; pass < PASSES; pass += 1) cells = blur(blur(cells, 1, CELLS), CELLS, 1);
  return cells;
}

// A running mean along one way; three of them both ways are near a Gaussian.
function blur(cells: Float32Array, along: number, across: number): Float32Array {
  const out = new Float32Array(cells.length);
  for (let line = 0; line < CELLS; line += 1) {
    let sum = 0;
    for (let k = -BLUR; k < CELLS; k += 1) {
      if (k + BLUR < CELLS) sum += cells[line * across + (k + BLUR) * along]!;
      if (k - BLUR - 1 >= 0) sum -= cells[line * across + (k - BLUR - 1) * along]!;
      if (k >= 0) out[line * across + k * along] = sum / (2 * BLUR + 1);
    }
  }
  return out;
}

// The densities within which these shares of the items lie, rising.
export function stepsOf(cells: Float32Array): number[] {
  const sorted = Float32Array.from(cells).sort().reverse();
  const whole = sorted.reduce((sum, value) => sum + value, 0);
  const steps: number[] = [];
  let sum = 0;
  let at = 0;
  for (const share of [...SHARES].reverse()) {
    while (at < sorted.length && sum < share * whole) sum += sorted[at++]!;
    steps.push(sorted[Math.max(at - 1, 0)]!);
  }
  return steps.reverse();
}

// Opacity of every pixel, 0 to 255, PIXELS wide and high.
export function stepped(cells: Float32Array, steps: readonly number[]): Uint8ClampedArray<ArrayBuffer> {
  const level = new Uint8Array(PIXELS * PIXELS);
  for (let y = 0; y < PIXELS; y += 1) {
    const v = Math.min(Math.max(((y + 0.5) / PIXELS) * CELLS - 0.5, 0), CELLS - 1.001);
    const [row, dy] = [Math.floor(v), v % 1];
    for (let x = 0; x < PIXELS; x += 1) {
      const u = Math.min(Math.max(((x + 0.5) / PIXELS) * CELLS - 0.5, 0), CELLS - 1.001);
      const [column, dx] = [Math.floor(u), u % 1];
      const at = row * CELLS + column;
      const high = cells[at]! * (1 - dx) + cells[at + 1]! * dx;
      const low = cells[at + CELLS]! * (1 - dx) + cells[at + CELLS + 1]! * dx;
      const value = high * (1 - dy) + low * dy;
      let step = 0;
      while (step < steps.length && value > 0 && value >= steps[step]!) step += 1;
      level[y * PIXELS + x] = step;
    }
  }
  const pixels = new Uint8ClampedArray(4 * PIXELS * PIXELS);
  for (let k = 0; k < level.length; k += 1) {
    const step = level[k]!;
    const isEdge =
      step > 0 &&
      (level[k - 1]! < step || level[k + 1]! < step || level[k - PIXELS]! < step || level[k + PIXELS]! < step);
    pixels[4 * k + 3] = step * STEP_ALPHA + (isEdge ? EDGE_ALPHA : 0);
  }
  return pixels;
}

export const SIZE = PIXELS;
