// One mark a modality, in the order of Python's MARKS: text ◆, image ●, page ■, audio ▲, video ⬟.

const turn = (corners: number, start: number, radius: number): [number, number][] =>
  Array.from({ length: corners }, (_, i) => {
    const angle = start + (i * 2 * Math.PI) / corners;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });

// Corners on a circle of radius 1, y downwards; null is a disc.
export const CORNERS: readonly ([number, number][] | null)[] = [
  turn(4, -Math.PI / 2, 1.12),
  null,
  turn(4, -Math.PI / 4, 1.16),
  turn(3, -Math.PI / 2, 1.2),
  turn(5, -Math.PI / 2, 1.08),
];
