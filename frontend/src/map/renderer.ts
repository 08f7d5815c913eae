// What draws the items: on the graphics card, or on a plain canvas where there is none.

import type { Painted } from "./paint";

export interface View {
  width: number;
  height: number;
  ratio: number;
  scale: number;
  x: number;
  y: number;
  // How far the items are on their way to new places, 0 to 1.
  way: number;
  size: number;
}

export interface Renderer {
  readonly kind: "gl" | "plain";
  readonly canvas: HTMLCanvasElement;
  move(xy: Float32Array, from: Float32Array | null, marks: Uint8Array): void;
  paint(painted: Painted): void;
  draw(view: View): void;
  close(): void;
}

// Pixels from which on a mark can be told from a disc; below, a square costs less and looks the same.
export const MARKED = 5;
// Lit items are drawn a little larger while others are dimmed.
export const LIT_LARGER = 1.25;
