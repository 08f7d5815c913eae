// Items drawn by the graphics card: a buffer an attribute, one call a picture.

import type { Painted } from "./paint";
import { LIT_LARGER, MARKED, type Renderer, type View } from "./renderer";

const VERTEX = `#version 300 es
in vec2 a_xy; in vec2 a_from; in vec4 a_color; in float a_mark;
uniform vec2 u_room; uniform vec3 u_view; uniform float u_way; uniform float u_size;
out vec4 v_color; flat out int v_mark;
void main() {
  vec2 place = mix(a_from, a_xy, u_way);
  vec2 spot = vec2(u_view.y + place.x * u_view.x, u_view.z - place.y * u_view.x);
  gl_Position = vec4(spot.x / u_room.x * 2.0 - 1.0, 1.0 - spot.y / u_room.y * 2.0, 0.0, 1.0);
  gl_PointSize = u_size;
  v_color = a_color; v_mark = int(a_mark);
}`;

// Most of many items are small and rest: for a million of them, what the shaders leave out is what takes the time.
const RESTING_VERTEX = `#version 300 es
in vec2 a_xy; in vec4 a_color;
uniform vec2 u_room; uniform vec3 u_view; uniform float u_size;
out vec4 v_color;
void main() {
  vec2 spot = vec2(u_view.y + a_xy.x * u_view.x, u_view.z - a_xy.y * u_view.x);
  gl_Position = vec4(spot.x / u_room.x * 2.0 - 1.0, 1.0 - spot.y / u_room.y * 2.0, 0.0, 1.0);
  gl_PointSize = u_size;
  v_color = vec4(a_color.rgb * a_color.a, a_color.a);
}`;

const SQUARE_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 v_color;
out vec4 color;
void main() { color = v_color; }`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 v_color; flat in int v_mark;
uniform float u_size; uniform bool u_marked;
out vec4 color;
float corners(vec2 p, float n, float turn, float radius) {
  float step = 6.2831853 / n;
  float angle = atan(p.x, -p.y) + turn;
  float near = mod(angle + step / 2.0, step) - step / 2.0;
  return length(p) * cos(near + 0.0) - radius;
}
float apart(vec2 p) {
  if (v_mark == 1) return length(p) - 0.8;
  if (v_mark == 0) return (abs(p.x) + abs(p.y)) * 0.7071 - 0.66;
  if (v_mark == 2) return max(abs(p.x), abs(p.y)) - 0.7;
  if (v_mark == 3) return corners(p - vec2(0.0, 0.16), 3.0, 3.1415927, 0.46);
  return corners(p, 5.0, 0.6283185, 0.72);
}
void main() {
  float cover = 1.0;
  if (u_marked) {
    vec2 p = gl_PointCoord * 2.0 - 1.0;
    float soft = 1.6 / u_size;
    cover = 1.0 - smoothstep(-soft, soft, apart(p));
    if (cover <= 0.0) discard;
  }
  float alpha = v_color.a * cover;
  color = vec4(v_color.rgb * alpha, alpha);
}`;

const ATTRIBUTES = ["a_xy", "a_from", "a_color", "a_mark"] as const;
type Attribute = (typeof ATTRIBUTES)[number];
const UNIFORMS = ["u_room", "u_view", "u_way", "u_size", "u_marked"] as const;
interface Program {
  of: WebGLProgram;
  at: Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;
}

export function createGL(onLost: () => void): Renderer | null {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2", {
    antialias: false,
    alpha: true,
    premultipliedAlpha: true,
    preserveDrawingBuffer: true,
  });
  if (!gl) return null;
  return new GL(canvas, gl, onLost);
}

class GL implements Renderer {
  readonly kind = "gl";
  private readonly program: Program;
  private readonly resting: Program;
  private readonly buffers: Record<Attribute, WebGLBuffer>;
  private readonly elements: WebGLBuffer;
  private n = 0;
  private ordered = false;
  private split = 0;
  private larger = 1;
  private closed = false;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly gl: WebGL2RenderingContext,
    onLost: () => void,
  ) {
    this.program = link(gl, VERTEX, FRAGMENT);
    this.resting = link(gl, RESTING_VERTEX, SQUARE_FRAGMENT);
    this.buffers = Object.fromEntries(ATTRIBUTES.map((name) => [name, gl.createBuffer()])) as Record<
      Attribute,
      WebGLBuffer
    >;
    this.elements = gl.createBuffer()!;
    canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      if (!this.closed) onLost();
    });
  }

  private fill(
    name: Attribute,
    data: Float32Array | Uint8Array,
    width: number,
    type: number,
    normalized: boolean,
  ): void {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    this.read(name, width, type, normalized);
  }

  // Reads an attribute from the buffer that is bound.
  private read(name: Attribute, width: number, type: number, normalized: boolean): void {
    const { gl } = this;
    const at = ATTRIBUTES.indexOf(name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, width, type, normalized, 0, 0);
  }

  move(xy: Float32Array, from: Float32Array | null, marks: Uint8Array): void {
    const { gl } = this;
    this.n = xy.length / 2;
    this.fill("a_xy", xy, 2, gl.FLOAT, false);
    if (from) this.fill("a_from", from, 2, gl.FLOAT, false);
    else this.read("a_from", 2, gl.FLOAT, false);
    this.fill("a_mark", marks, 1, gl.UNSIGNED_BYTE, false);
  }

  paint({ rgba, order, split, few }: Painted): void {
    const { gl } = this;
    this.fill("a_color", rgba, 4, gl.UNSIGNED_BYTE, true);
    this.ordered = order !== null;
    this.split = split;
    this.larger = few ? LIT_LARGER : 1;
    if (order) {
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.elements);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
    }
  }

  draw({ width, height, ratio, scale, x, y, way, size }: View): void {
    const { gl, canvas } = this;
    const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    gl.viewport(0, 0, w, h);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.n) return;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const sized = (wide: number) => {
      const marked = wide * ratio >= MARKED;
      const { of, at } = way >= 1 && !marked ? this.resting : this.program;
      gl.useProgram(of);
      gl.uniform2f(at.u_room, width, height);
      gl.uniform3f(at.u_view, scale, x, y);
      gl.uniform1f(at.u_way, way);
      gl.uniform1i(at.u_marked, marked ? 1 : 0);
      gl.uniform1f(at.u_size, (marked ? wide * 1.2 : wide) * ratio);
    };
    sized(size);
    if (!this.ordered) {
      gl.drawArrays(gl.POINTS, 0, this.n);
      return;
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.elements);
    if (this.split) gl.drawElements(gl.POINTS, this.split, gl.UNSIGNED_INT, 0);
    sized(size * this.larger);
    if (this.split < this.n) gl.drawElements(gl.POINTS, this.n - this.split, gl.UNSIGNED_INT, 4 * this.split);
  }

  close(): void {
    this.closed = true;
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
    this.canvas.remove();
  }
}

function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
  const program = gl.createProgram()!;
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  // Both programs read each attribute at one place.
  ATTRIBUTES.forEach((name, at) => {
    gl.bindAttribLocation(program, at, name);
  });
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(gl.getProgramInfoLog(program) ?? "the shaders could not be linked");
  const at = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
  return { of: program, at: at as Program["at"] };
}
