// Items drawn on a plain canvas, where there is no WebGL.

import { CORNERS } from "./marks";
import type { Painted } from "./paint";
import { LIT_LARGER, MARKED, type Renderer, type View } from "./renderer";

const MOST_MARKS = 20_000;

export function createPlain(): Renderer {
  return new Plain();
}

class Plain implements Renderer {
  readonly kind = "plain";
  readonly canvas = document.createElement("canvas");
  private readonly pen = this.canvas.getContext("2d")!;
  private xy = new Float32Array();
  private from: Float32Array | null = null;
  private marks = new Uint8Array();
  private painted: Painted = { rgba: new Uint8Array(), order: null, split: 0, few: false };

  move(xy: Float32Array<ArrayBuffer>, from: Float32Array<ArrayBuffer> | null, marks: Uint8Array<ArrayBuffer>): void {
    [this.xy, this.from, this.marks] = [xy, from, marks];
  }

  paint(painted: Painted): void {
    this.painted = painted;
  }

  draw({ width, height, ratio, scale, x, y, way, size }: View): void {
    const { canvas, pen, xy, from } = this;
    const { rgba, order, split, few } = this.painted;
    const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const n = xy.length / 2;
    const words = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.byteLength / 4);
    const styles = new Map<number, string>();
    const marked = n <= MOST_MARKS && size >= MARKED;
    let last = -1;
    for (let k = 0; k < n; k += 1) {
      const i = order ? order[k]! : k;
      const px = from ? from[2 * i]! + (xy[2 * i]! - from[2 * i]!) * way : xy[2 * i]!;
      const py = from ? from[2 * i + 1]! + (xy[2 * i + 1]! - from[2 * i + 1]!) * way : xy[2 * i + 1]!;
      const sx = x + px * scale;
      const sy = y - py * scale;
      if (sx < -9 || sy < -9 || sx > width + 9 || sy > height + 9) continue;
      const word = words[i]!;
      if (word !== last) {
        pen.fillStyle = styleOf(word, styles);
        last = word;
      }
      const wide = few && k >= split ? size * LIT_LARGER : size;
      if (marked) this.mark(sx, sy, wide / 2, this.marks[i]!);
      else pen.fillRect(sx - wide / 2, sy - wide / 2, wide, wide);
    }
  }

  private mark(x: number, y: number, radius: number, mark: number): void {
    const { pen } = this;
    const corners = CORNERS[mark];
    pen.beginPath();
    if (!corners) pen.arc(x, y, radius, 0, 2 * Math.PI);
    else for (const [cx, cy] of corners) pen.lineTo(x + cx * radius, y + cy * radius);
    pen.fill();
  }

  close(): void {
    this.canvas.remove();
  }
}

function styleOf(word: number, styles: Map<number, string>): string {
  let style = styles.get(word);
  if (style === undefined) {
    style = `rgba(${word & 255},${(word >> 8) & 255},${(word >> 16) & 255},${((word >>> 24) / 255).toFixed(3)})`;
    styles.set(word, style);
  }
  return style;
}
