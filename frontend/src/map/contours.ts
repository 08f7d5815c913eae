// The steps of density on a canvas under the items, in the ink of the page.

import { densityOf, REACH, SIZE, stepped, stepsOf } from "./density";
import type { MapView } from "./view";

// Too few items have no density; very near, the steps are wider than the map.
const LEAST_ITEMS = 150;
const GONE_AT = 8;
const FADES_AT = 2.5;

export class Contours {
  private readonly canvas = document.createElement("canvas");
  private picture: HTMLCanvasElement | null = null;
  private of: Float32Array | null = null;
  private readonly quiet: () => void;

  constructor(private readonly map: MapView) {
    this.canvas.className = "nx-contours";
    map.stage.prepend(this.canvas);
    this.quiet = map.onDraw(() => this.draw());
  }

  private draw(): void {
    const { camera, room, n, places } = this.map;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(room.width * ratio), Math.round(room.height * ratio)];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const ink = this.canvas.getContext("2d");
    if (!ink) return;
    ink.clearRect(0, 0, width, height);
    if (n < LEAST_ITEMS || this.map.moves || camera.zoom > GONE_AT) return;
    if (this.of !== places) [this.picture, this.of] = [pictureOf(places), places];
    const [left, top] = camera.spot(-REACH, REACH);
    const wide = 2 * REACH * camera.scale;
    ink.globalAlpha = Math.min(1, Math.max(0, (GONE_AT - camera.zoom) / (GONE_AT - FADES_AT)));
    ink.drawImage(this.picture!, left * ratio, top * ratio, wide * ratio, wide * ratio);
    ink.globalAlpha = 1;
    ink.globalCompositeOperation = "source-in";
    ink.fillStyle = getComputedStyle(this.map.stage).color;
    ink.fillRect(0, 0, width, height);
    ink.globalCompositeOperation = "source-over";
  }

  close(): void {
    this.quiet();
    this.canvas.remove();
  }
}

function pictureOf(xy: Float32Array): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIZE, SIZE];
  const cells = densityOf(xy);
  canvas.getContext("2d")?.putImageData(new ImageData(stepped(cells, stepsOf(cells)), SIZE, SIZE), 0, 0);
  return canvas;
}
