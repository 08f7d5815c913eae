// Signs that stand for words; each is also said.

const PATHS = {
  search: "M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2Zm4 9 4 4",
  pan: "M8 1v14M1 8h14M8 1 6 3m2-2 2 2M8 15l-2-2m2 2 2-2M1 8l2-2M1 8l2 2m12-2-2-2m2 2-2 2",
  lasso:
    "M8 2.5c3.6 0 6.5 1.8 6.5 4s-2.9 4-6.5 4-6.5-1.8-6.5-4 2.900-4 6.500-4ZM5 10.100c-1.200.9-1 2.400.4 2.400 1.300 0 1.300 1.500.2 2",
  box: "M2 5V2h3m2 0h2m2 0h3v3m0 2v2m0 2v3h-3m-2 0H7m-2 0H2v-3m0-2V7",
  reset: "M3 8a5 5 0 1 1 1.600 3.700M3 12.500V9.200h3.300",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  check: "M2.500 8.500 6 12l7.500-8",
  keys: "M1.500 4h13v8h-13ZM4 6.500h.01M6.700 6.500h.01M9.300 6.500h.01M12 6.500h.01M4.500 9.500h7",
  up: "M3 10.500 8 5.500l5 5",
  down: "M3 5.500l5 5 5-5",
  undo: "M5.500 2.500 2.500 5.500l3 3M2.500 5.500H10a3.500 3.500 0 0 1 0 7H6",
  redo: "m10.500 2.500 3 3-3 3M13.500 5.500H6a3.500 3.500 0 0 0 0 7h4",
  code: "M5.500 4 1.500 8l4 4M10.500 4l4 4-4 4",
  close: "M3.500 3.500l9 9m0-9-9 9",
  back: "M10 3 5 8l5 5",
  next: "M6 3l5 5-5 5",
  full: "M2 6V2h4m4 0h4v4m0 4v4h-4m-4 0H2v-4",
  play: "M4.500 2.500v11l9-5.500Z",
  pause: "M5 3v10m6-10v10",
  doubt: "M8 2.200 14.300 13.300H1.700ZM8 6.500v3M8 11.400h.01",
  text: "M3 4h10M3 7h10M3 10h10M3 13h6",
  image: "M2 3h12v10H2ZM2 11l3.500-3.500 3 3L11 8l3 3M10.500 5.600h.01",
  page: "M4 1.500h5.500L12.500 4.500v10H4ZM9 1.800V5h3.300M6 8h4.500M6 11h4.500",
  audio: "M2 7v2m3-5v8m3-10v12m3-9v6m3-4v2",
  video: "M2 3.500h12v9H2ZM6.700 6v4.200L10.200 8Z",
} as const;

export type Sign = keyof typeof PATHS;

export function Icon({ name }: { name: string }) {
  return (
    <svg viewBox="0 0 16 16" class="nx-icon" aria-hidden="true">
      <path d={PATHS[name as Sign] ?? PATHS.text} />
    </svg>
  );
}

export function Dot({ color }: { color: string | undefined }) {
  return <span class="nx-dot" style={{ background: color }} aria-hidden="true" />;
}
